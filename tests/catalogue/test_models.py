"""Models of the catalogue against the dimensions that stand beside published measurements."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from simulator.catalogue.catalogue import Catalogue
from simulator.spec.model import Model
from simulator.validation.dimensions import DIMENSIONS, model_from
from simulator.workload.kinds import layer_kinds
from simulator.workload.parameters import active_parameters

TRUTH = Path(__file__).resolve().parents[3] / "shared" / "truth"
CATALOGUE = Catalogue()


def published(part: str) -> dict[str, Any]:
    """Dimensions beside the rows of one part, by id; none where the rows are not at hand."""
    file = TRUTH / part / "models.yaml"
    if not file.exists():
        return {}
    found = YAML(typ="safe").load(file)
    return found if isinstance(found, dict) else {entry["id"]: entry for entry in found}


TRAINED, SERVED = published("training"), published("serving")
OTHERWISE = {f"maxtext-{size}" for size in ("16b", "22b", "32b", "52b", "64b", "128b")}
"""Measured in 2023 on another block than the one from which the dimensions beside the rows were computed."""


@pytest.mark.parametrize("name", sorted(TRAINED.keys() - OTHERWISE))
def test_a_model_has_the_dimensions_of_its_measurements(name: str) -> None:
    ours: Model = CATALOGUE.load("model", name).spec
    theirs = Model.model_validate(model_from(name, TRAINED[name], "training_runs.yaml"))
    for key in (*DIMENSIONS, "mla", "window"):
        assert getattr(ours, key) == getattr(theirs, key), key
    # Among which nodes tokens may go is not stated beside the rows.
    assert (ours.moe and ours.moe.model_copy(update={"node_limit": None})) == theirs.moe


@pytest.mark.parametrize("name", sorted(SERVED))
def test_a_model_has_the_dimensions_of_its_service(name: str) -> None:
    ours, theirs = CATALOGUE.load("model", name).spec, SERVED[name]
    for key in ("layers", "hidden", "heads", "kv_heads", "vocab", "gated", "tied_embeddings"):
        assert getattr(ours, key) == theirs[key], key
    # Of latent attention either the whole width of a query is stated or that without position, and the width
    # of the MLP says nothing where every layer has experts.
    assert ours.mla or ours.head_dim == theirs["head_dim"]
    if ours.moe is None or ours.moe.dense_layers:
        assert ours.ffn_hidden == theirs["ffn_hidden"]
    assert (ours.window is not None) == (theirs["sliding_window"] is not None)
    assert active_parameters(ours) == pytest.approx(theirs["params_active"], rel=0.01)


def test_half_the_layers_of_gpt_oss_see_a_window() -> None:
    kinds = layer_kinds(CATALOGUE.load("model", "gpt-oss-120b").spec)
    assert [kind.window for kind in kinds[:4]] == [True, False, True, False]


@pytest.mark.parametrize(
    ("name", "active"),
    [
        # Jiang et al. 2024, arXiv:2401.04088, section 2.
        ("mixtral-8x7b", 12.9e9),
        # DeepSeek-AI 2024, arXiv:2412.19437, abstract, without the embedding.
        ("deepseek-v3-671b", 37.0e9 + 129280 * 7168),
        # Qwen Team 2025, arXiv:2505.09388, section 2.
        ("qwen3-235b-a22b", 22e9),
        # Databricks 2024.
        ("dbrx-132b", 36e9),
    ],
)
def test_a_token_meets_the_parameters_that_are_published(name: str, active: float) -> None:
    assert active_parameters(CATALOGUE.load("model", name).spec) == pytest.approx(active, rel=0.02)
