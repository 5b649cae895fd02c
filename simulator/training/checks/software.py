"""What the software and the accelerator can do."""

from collections.abc import Iterator

from simulator.catalogue.problems import Problem
from simulator.catalogue.resolved import Resolved
from simulator.cost.formats import FORMATS
from simulator.spec.accelerator import GemmFormat, Kernels
from simulator.spec.precision import base_precision
from simulator.spec.software import recipe_for


def software_problems(resolved: Resolved) -> Iterator[Problem]:
    """Formats, kernels and links that are not described."""
    accelerator, software = resolved.accelerator, resolved.software
    if accelerator.kernels is None:
        yield resolved.problem(
            "cluster", f"{accelerator.name} has no kernel parameters, so no time can be simulated"
        )
        return
    yield from _precision_problems(resolved, accelerator.kernels)
    recipe = recipe_for(software, resolved.scenario.training.precision)
    attention = recipe.attention if recipe and recipe.attention else software.attention
    if attention != "unfused" and attention not in accelerator.kernels.attention:
        known = ", ".join(sorted(accelerator.kernels.attention)) or "none"
        yield resolved.problem(
            "software",
            f"{software.name} uses attention `{attention}`, for which {accelerator.name} has no "
            f"parameters; it has {known}",
        )
    if accelerator.scale_up.link not in resolved.collectives.scale_up:
        known = ", ".join(sorted(resolved.collectives.scale_up))
        yield resolved.problem(
            "cluster",
            f"{resolved.collectives.name} has no figures for {accelerator.scale_up.link}; it has {known}",
        )


def _precision_problems(resolved: Resolved, kernels: Kernels) -> Iterator[Problem]:
    """A format that the software has no recipe for, or the accelerator no products."""
    accelerator, software = resolved.accelerator, resolved.software
    precision, path = resolved.scenario.training.precision, "training.precision"
    base, recipe = base_precision(precision), recipe_for(software, precision)
    formats: tuple[GemmFormat, ...] = (base, recipe.gemm, recipe.weight_gradient) if recipe else (base,)
    if recipe is None and precision != base:
        known = ", ".join(["bf16", "fp16", *software.recipes])
        yield resolved.problem(
            path, f"{software.name} has no recipe for training in {precision}; it trains in {known}"
        )
        return
    for number in dict.fromkeys(formats):
        if number not in kernels.gemm or FORMATS[number].peak not in accelerator.compute.peak:
            known = ", ".join(p for p in ("bf16", "fp16", *software.recipes) if p in kernels.gemm)
            yield resolved.problem(
                path, f"{accelerator.name} does not compute in {number}; it does in {known}"
            )
