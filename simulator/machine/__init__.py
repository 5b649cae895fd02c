"""Spec and software stack bound to cost models, and the paths between ranks."""
