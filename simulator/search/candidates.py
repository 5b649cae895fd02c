"""Deployments that a model and its engine allow on a system."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from simulator.catalogue.resolved import ServingResolved
from simulator.spec.engine import Cache, Weights

TENSOR = (1, 2, 4, 8, 16, 32, 64)
"""Tensor degrees that are tried [1]."""


class Candidate(NamedTuple):
    """A deployment without its number of replicas."""

    system: str
    tensor: int
    weights: Weights
    kv_cache: Cache

    @property
    def label(self) -> str:
        """What tells it apart, on a line.

        >>> Candidate("dgx-h100", 2, "fp8", "fp16").label
        'dgx-h100 · tensor 2 · fp8 weights · fp16 cache'
        """
        return f"{self.system} · tensor {self.tensor} · {self.weights} weights · {self.kv_cache} cache"

    def changes(self, replicas: int) -> dict[str, object]:
        """Values of the scenario that make it this deployment."""
        return {
            "cluster.system": self.system,
            "cluster.count": self.tensor * replicas,
            "deployment.tensor": self.tensor,
            "deployment.expert": 1,
            "deployment.attention_data": 1,
            "deployment.weights": self.weights,
            "deployment.kv_cache": self.kv_cache,
            "deployment.replicas": replicas,
        }


def candidates(
    resolved: ServingResolved, domains: Mapping[str, int], weights: tuple[Weights, ...]
) -> Iterator[Candidate]:
    """Every tensor degree that divides the heads and stays in a domain, in every format that is allowed.

    Parameters
    ----------
    resolved : ServingResolved
        The scenario whose model and engine are used.
    domains : mapping
        Systems to try, each with the accelerators of a scale-up domain [1].
    weights : tuple of str
        Formats of the weights to try, of those the engine has.
    """
    offered = [form for form in weights if form in resolved.engine.kernels.gemm]
    for system, domain in domains.items():
        for form in offered:
            for cache in ("fp16", "fp8"):
                for tensor in TENSOR:
                    if tensor <= domain and resolved.model.heads % tensor == 0:
                        yield Candidate(system, tensor, form, cache)
