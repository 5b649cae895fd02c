"""Every shipped accelerator trains something, with a software stack that it can run."""

from dataclasses import replace

import pytest

from simulator.catalogue.catalogue import Catalogue
from simulator.training.step import simulate_step
from tests.builders import a_machine, a_plan, a_shard, part


@pytest.mark.parametrize("accelerator", Catalogue().ids("accelerator"))
def test_it_makes_a_step(accelerator: str) -> None:
    formats = part("accelerator", accelerator).kernels.gemm
    precision = "bf16" if "bf16" in formats else "fp16"
    machine = replace(a_machine("megatron-lm-2021", accelerator), precision=precision)
    plan = a_plan(tensor=2, data=2)
    step = simulate_step(plan, a_shard(tensor=2, precision=precision), "full", machine)
    flops = 8 * 72 * 1024 * 1024**2 / 2
    assert step.time > plan.micro_batches * flops / machine.accelerator.compute.peak[precision]
