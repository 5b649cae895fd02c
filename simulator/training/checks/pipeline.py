"""Stages, chunks and schedules against the layers."""

from collections.abc import Iterator

from simulator.catalogue.problems import Problem
from simulator.catalogue.resolved import Resolved
from simulator.spec.training import Schedule
from simulator.training.filled import decoder_and_encoder_layers, schedule

CHUNKS: dict[Schedule, tuple[str, range]] = {
    "gpipe": ("1", range(1, 2)),
    "1f1b": ("1", range(1, 2)),
    "zb-h1": ("1", range(1, 2)),
    "interleaved": ("2 or more", range(2, 10_000)),
    "zb-v": ("2", range(2, 3)),
    "dualpipe": ("2", range(2, 3)),
}
"""Virtual stages of each schedule."""


def pipeline_problems(resolved: Resolved) -> Iterator[Problem]:
    """Chunks without layers, and schedules that do not go with them."""
    parallel, model, order = resolved.scenario.parallelism, resolved.model, schedule(resolved)
    chunks, layers = parallel.pipeline * parallel.virtual_stages, decoder_and_encoder_layers(resolved)
    given = parallel.pipeline_layers
    if given is not None and (len(given) != chunks or sum(given) != layers):
        yield resolved.problem(
            "parallelism.pipeline_layers",
            f"{len(given)} chunks with {sum(given)} layers are given; pipeline × virtual_stages = {chunks} "
            f"chunks with the {layers} layers of {model.name} are due",
        )
    if given is None and chunks > layers + (2 if chunks > 2 else 0):
        yield resolved.problem(
            "parallelism.pipeline",
            f"pipeline × virtual_stages = {chunks} chunks are more than the {layers} layers of "
            f"{model.name} with embedding and logits",
        )
    words, legal = CHUNKS[order]
    if parallel.virtual_stages not in legal:
        fits = " or ".join(name for name, (_, chunks) in CHUNKS.items() if parallel.virtual_stages in chunks)
        yield resolved.problem(
            "parallelism.schedule",
            f"schedule {order} has {words} virtual stages, not {parallel.virtual_stages}, which goes with "
            f"{fits}",
        )
    if parallel.virtual_stages > 1 and parallel.pipeline == 1:
        yield resolved.problem(
            "parallelism.virtual_stages", "virtual stages need a pipeline; set pipeline above 1"
        )
    if model.encoder and parallel.pipeline > 1:
        yield resolved.problem(
            "parallelism.pipeline",
            "a pipeline through an encoder and a decoder is not modelled; tensor and data parallelism are",
        )
