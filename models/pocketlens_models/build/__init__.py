"""Model packages from upstream checkpoints, made on the owner's machine. Needs the ``export`` extra."""
