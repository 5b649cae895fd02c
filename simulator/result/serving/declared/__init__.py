"""Every metric of serving, declared once: its formula, what it reads, and the function of just that."""

from simulator.result.serving.declared import cost, energy, latency, load, record, throughput, trust, waiting
from simulator.result.serving.metric import METRICS

__all__ = ["METRICS", "cost", "energy", "latency", "load", "record", "throughput", "trust", "waiting"]
