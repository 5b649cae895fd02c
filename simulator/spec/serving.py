"""The scenario of a serving fleet: model, engine, deployment, traffic."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from simulator.spec.engine import Cache, Weights
from simulator.spec.part import Count, Fraction, Spec
from simulator.spec.quantities import Duration
from simulator.spec.training import Cluster

Positive = Annotated[float, Field(gt=0.0)]


class Pool(Spec):
    """Engine instances that do only one part of the work."""

    workers: Count
    """Instances [1]."""
    tensor: Count = 1
    """Accelerators that share each layer [1]."""
    pipeline: Count = 1
    """Pipeline stages [1]."""
    expert: Count = 1
    """Accelerators that share the experts of a layer [1]."""
    attention_data: Count = 1
    """Schedulers within an instance, each with attention and cache of its own [1]."""


class Disaggregated(Spec):
    """Prompts and decoding on instances of their own."""

    prefill: Pool
    decode: Pool


class Deployment(Spec):
    """How the model is laid out over the cluster."""

    tensor: Count = 1
    """Accelerators that share each layer [1]."""
    pipeline: Count = 1
    """Pipeline stages [1]."""
    expert: Count = 1
    """Accelerators that share the experts of a layer, of tensor × attention_data [1]."""
    attention_data: Count = 1
    """Schedulers within an instance, each with attention and cache of its own; they share the experts [1]."""
    replicas: Count | None = None
    """Independent instances; what the cluster allows if left out [1]."""
    weights: Weights = "bf16"
    """Format of the weights."""
    kv_cache: Cache = "fp16"
    """Format of the cache: any of two bytes, or fp8."""
    disaggregated: Disaggregated | None = None
    """Prompts and decoding on instances of their own, in place of the degrees above."""
    max_tokens: Count | None = None
    """Most tokens of an iteration; the engine's default if left out [tokens]."""
    max_sequences: Count | None = None
    """Most sequences in progress on a scheduler; the engine's default if left out [1]."""


class Lengths(Spec):
    """Tokens of prompts or of answers."""

    tokens: Count
    """Longest, or mean of a spread distribution [tokens]."""
    lowest: Fraction | None = None
    """Lengths are drawn evenly from this share of `tokens` to all of it; always `tokens` if left out [1]."""
    deviation: Positive | None = None
    """Relative standard deviation of a log-normal distribution around the mean `tokens` [1]."""

    @model_validator(mode="after")
    def _one_form(self) -> "Lengths":
        if self.lowest is not None and self.deviation is not None:
            raise ValueError("`lowest` and `deviation` exclude each other; choose one distribution")
        return self


class Traffic(Spec):
    """What arrives when: exactly one of `concurrency`, `rate`, `batch`, `saturated`."""

    requests: Count
    """Requests of the simulation [1]."""
    prompt: Lengths
    answer: Lengths
    concurrency: Count | None = None
    """Requests in flight: each that is done is replaced at once [1]."""
    rate: Positive | None = None
    """Requests that arrive in a second, whatever is in flight [1/s]."""
    burstiness: Positive = 1.0
    """Squared coefficient of variation of the gaps between arrivals at a `rate`: 1 is a Poisson process [1]."""
    batch: Count | None = None
    """Requests that start together, and the next as many when all are done [1]."""
    saturated: bool = False
    """Whether all requests are there at the beginning."""
    warm_up: Annotated[int, Field(ge=0)] = 0
    """First requests that no figure counts [1]."""

    @model_validator(mode="after")
    def _one_load(self) -> "Traffic":
        loads = {"concurrency": self.concurrency, "rate": self.rate, "batch": self.batch}
        given = [name for name, value in loads.items() if value is not None]
        given += ["saturated"] if self.saturated else []
        if len(given) != 1:
            said = " and ".join(given) or "none"
            raise ValueError(
                f"one of concurrency, rate, batch and saturated says how requests come; {said} is given"
            )
        if self.warm_up >= self.requests:
            raise ValueError(f"warm_up = {self.warm_up} leaves none of the {self.requests} requests")
        return self


class Objective(Spec):
    """What users are promised; a request that keeps both counts as good."""

    ttft: Duration
    """Longest time to the first token."""
    tpot: Duration
    """Longest mean time of a further token."""


class ServingScenario(Spec):
    """A file of kind `serving`."""

    format: Literal[1]
    """Version of the file format."""
    kind: Literal["serving"]
    """Kind of the scenario."""
    name: str
    """Name shown on the screen and in reports."""
    extends: str | None = None
    """Scenario from which everything unstated here is taken."""
    model: str
    """Id of the model."""
    engine: str
    """Id of the serving engine."""
    cluster: Cluster
    deployment: Deployment = Deployment()
    traffic: Traffic
    router: Literal["round_robin", "least_loaded"] = "least_loaded"
    """Which replica a request goes to: in turn, or where fewest are in progress."""
    slo: Objective | None = None
    """What users are promised; without it no goodput is stated."""
    site: str | None = None
    """Id of the site; needed for energy, carbon, and the cost of owned hardware."""
    price: str | None = None
    """Id of the price list; needed for cost."""
    seed: Annotated[int, Field(ge=0)] = 0
    """Seed of the random streams."""
