"""More bandwidth, or a higher peak, is never slower."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.schedule.plan import Plan
from tests.builders import PLANS, a_machine, a_step, part

A100, HDR = part("accelerator", "nvidia-a100-sxm-80gb"), part("network", "ib-hdr-8x200")
RATES: dict[str, Any] = {
    "accelerator__memory__bandwidth": A100.memory.bandwidth,
    "accelerator__scale_up__bandwidth": A100.scale_up.bandwidth,
    "accelerator__compute__peak__bf16": A100.compute.peak["bf16"],
    "network__rate": HDR.rate,
}


@pytest.mark.parametrize("rate", RATES)
@settings(max_examples=8, deadline=None)
@given(
    plan=st.sampled_from(list(PLANS.values())),
    software=st.sampled_from(["megatron-lm-2021", "megatron-core-2024"]),
    factors=st.tuples(st.floats(0.05, 20.0), st.floats(0.05, 20.0)),
)
def test_a_faster_part_is_never_slower(
    rate: str, plan: Plan, software: str, factors: tuple[float, float]
) -> None:
    slow, fast = (
        a_step(plan, a_machine(software, **{rate: RATES[rate] * factor})).time for factor in sorted(factors)
    )
    assert fast <= slow * (1 + 1e-9)
