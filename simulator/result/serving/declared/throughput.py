"""What the fleet gets done, and how full it is."""

import numpy as np

from simulator.result.metric import FACTS
from simulator.result.serving import queries
from simulator.result.serving.columns import Iterations, Requests
from simulator.result.serving.facts import ServingFacts
from simulator.result.serving.metric import entries, metric


@metric("requests", "count", "requests behind those of the warm-up", requests="record.counted")
def requests_counted(requests: Requests) -> int:
    """Requests that figures count [1]."""
    return len(requests)


@metric("makespan", "duration", "last token − first arrival, warm-up included", requests="record.requests")
def makespan(requests: Requests) -> float:
    """Time in which the fleet serves [s]."""
    return float(requests.end.max() - requests.arrival.min())


@metric("window", "duration", "last token − first arrival that counts", requests="record.counted")
def window(requests: Requests) -> float:
    """Time to which rates refer [s]."""
    return float(requests.end.max() - requests.arrival.min())


@metric("prompt_tokens", "tokens", "added up over the requests that count", requests="record.counted")
def prompt_tokens(requests: Requests) -> int:
    """Tokens of all prompts [tokens]."""
    return int(requests.prompt.sum())


@metric("output_tokens", "tokens", "added up over the requests that count", requests="record.counted")
def output_tokens(requests: Requests) -> int:
    """Tokens of all answers [tokens]."""
    return int(requests.answer.sum())


@metric("requests_per_second", "1/s", "requests ÷ window", requests="requests", window="window")
def requests_per_second(requests: int, window: float) -> float:
    """Requests that are served in a second [1/s]."""
    return requests / window


@metric(
    "output_tokens_per_second",
    "tokens/s",
    "tokens of answers ÷ window",
    output="output_tokens",
    window="window",
)
def output_tokens_per_second(output: int, window: float) -> float:
    """Tokens of answers in a second, of the whole fleet [tokens/s]."""
    return output / window


@metric(
    "total_tokens_per_second",
    "tokens/s",
    "tokens of prompts and answers ÷ window",
    prompt="prompt_tokens",
    output="output_tokens",
    window="window",
)
def total_tokens_per_second(prompt: int, output: int, window: float) -> float:
    """Tokens in a second, of the whole fleet [tokens/s]."""
    return (prompt + output) / window


@metric(
    "activity",
    "duration",
    "accelerator time: iterations with prompts compute, others are bound by memory, the rest is idle",
    iterations="record.iterations",
    accelerators="serving.accelerators",
    makespan="makespan",
)
def activity(iterations: Iterations, accelerators: int, makespan: float) -> dict[str, float]:
    """Accelerator time by activity, in the words of the catalogue [s]."""
    return queries.activity(iterations, accelerators, makespan)


@metric("utilization", "share", "1 − idle accelerator time ÷ all of it", activity="activity")
def utilization(activity: dict[str, float]) -> float:
    """Share of the time in which an engine works on something [1]."""
    return 1.0 - activity["bubble"] / sum(activity.values())


@metric(
    "kv_cache",
    "share",
    "tokens in use ÷ what the cache holds: over time, and at most on one scheduler; of those for answers",
    ("serving.cache_tokens",),
    facts=FACTS,
    iterations="record.iterations",
    makespan="makespan",
)
def kv_cache(facts: ServingFacts, iterations: Iterations, makespan: float) -> dict[str, float]:
    """Mean and peak share of the cache that is filled [1]."""
    pools = [*facts.plan.fronts, *facts.plan.backs]
    capacity = np.array([pool.limits.cache if pool.only != "prompts" else 0 for pool in pools])
    return queries.cache_filled(iterations, capacity, facts.plan.drafting.gain, makespan)


entries("kv_cache", "share", ("mean", "peak"))


@metric(
    "prefix_hit_rate",
    "share",
    "tokens of prompts found in a cache ÷ all of them",
    requests="record.counted",
)
def prefix_hit_rate(requests: Requests) -> float:
    """Share of the prompts that need not be computed [1]."""
    return float(requests.hit.sum() / requests.prompt.sum())


@metric("preemptions", "count", "times that a cache was taken away", requests="record.counted")
def preemptions(requests: Requests) -> int:
    """Answers that were interrupted and computed again [1]."""
    return int(requests.preempted.sum())
