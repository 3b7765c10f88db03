"""Whether a package does what its upstream model does. Parity with upstream needs the ``export`` extra."""
