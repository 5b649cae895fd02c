"""Cost models with the parameters of parts bound, and what the parts lack."""

import pytest

from simulator.machine.kernels import UnsupportedError
from simulator.machine.machine import Machine
from tests.builders import a_machine, part

MACHINE = a_machine()
A100 = part("accelerator", "nvidia-a100-sxm-80gb")


def test_rates_are_datasheet_values_times_what_is_reached() -> None:
    half = a_machine(accelerator__memory__bandwidth=A100.memory.bandwidth / 2)
    assert MACHINE.bandwidth == A100.memory.bandwidth * A100.kernels.memory_efficiency
    assert MACHINE.streaming.bandwidth == 2 * half.streaming.bandwidth


def test_training_keeps_less_than_kernel_measurements() -> None:
    gemm = A100.kernels.gemm["bf16"]
    stack = a_machine(software__sustained=0.5)
    assert MACHINE.gemm.rate == A100.compute.peak["bf16"] * gemm.efficiency * A100.kernels.sustained
    assert stack.gemm.rate == MACHINE.gemm.rate / 2


def test_a_group_in_one_domain_does_not_use_the_network() -> None:
    sent = MACHINE.collective("all_gather", 1e9, ranks=8, stride=1)
    assert (sent.scale_up > 0.0, sent.scale_out) == (True, 0.0)


def test_a_group_over_domains_goes_through_adapters_and_switches() -> None:
    rates = MACHINE.rates(ranks=8, stride=8)
    sent = MACHINE.collective("all_gather", 1e9, ranks=8, stride=8)
    assert rates.hop_latency > 0.0
    assert sent.scale_out > 0.0 == sent.scale_up
    assert (
        MACHINE.collective_seconds("all_gather", 1e9, 8, 8) == sent.startup + sent.scale_out / rates.scale_out
    )


@pytest.mark.parametrize(
    ("machine", "query", "said"),
    [
        (a_machine(accelerator__kernels=None), "gemm", "has no kernel parameters"),
        (a_machine(accelerator__kernels__gemm={}), "gemm", "no bf16 matrix products"),
        (a_machine(software__attention="flash-9"), "attention", "no attention `flash-9`; it has cudnn"),
        (
            a_machine(accelerator__scale_up__link="token ring"),
            "library",
            "no figures for token ring links; it has C2C",
        ),
    ],
)
def test_what_is_missing_is_said(machine: Machine, query: str, said: str) -> None:
    with pytest.raises(UnsupportedError, match=said):
        getattr(machine, query)
