"""The only place where time moves."""
