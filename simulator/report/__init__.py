"""A result made readable: screen, JSON, trace, tables."""
