"""Published rows against simulated ones."""
