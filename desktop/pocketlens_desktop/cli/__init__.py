"""The ``pocketlens`` command: everything the window does, from a terminal. No Qt."""
