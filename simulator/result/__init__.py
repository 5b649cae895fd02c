"""Every metric as a query of the record; save and load."""
