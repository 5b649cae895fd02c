"""The serving fleet: traffic, engines that batch it, and what users wait for."""
