"""Answers of a serving simulation, each a query of its record."""
