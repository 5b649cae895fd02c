"""Deployments of a model on hardware, simulated and ranked; what is rejected says why."""
