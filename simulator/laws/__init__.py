"""Pure empirical laws: what is gained by spending more. Their constants stand in spec files."""
