"""Measured tables → parameters of the cost models."""
