"""The window: QtWidgets over the same engine client and catalogue as the command line."""
