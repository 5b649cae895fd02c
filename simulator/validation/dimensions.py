"""A model entry from the dimensions that stand beside published rows."""

from collections.abc import Mapping
from typing import Any

from simulator.catalogue.problems import Problem, SpecError

DIMENSIONS = ("layers", "hidden", "heads", "kv_heads", "head_dim", "ffn_hidden", "vocab", "gated")


def model_from(name: str, dimensions: Mapping[str, Any], file: str) -> dict[str, Any]:
    """What a model file of these dimensions would say.

    Parameters
    ----------
    name : str
        Id of the model.
    dimensions : mapping
        An entry of `models.yaml` beside the rows.
    file : str
        Name of the file of rows, for the origin.

    Raises
    ------
    SpecError
        If the dimensions are those of a model with an encoder, of which they say too little.

    Notes
    -----
    Dense layers are in front, or alternate with others where they are half of all. What the dimensions do not
    tell follows the family: gated models have rotary positions and RMS norms, others learned positions, layer
    norms and biases.
    """
    if dimensions.get("kind", "decoder") != "decoder":
        what = f"{name} is of kind {dimensions['kind']}; the catalogue must describe models with an encoder"
        raise SpecError(Problem(file, what))
    gated = bool(dimensions["gated"])
    return {
        "format": 1,
        "kind": "model",
        "name": name,
        "sources": {"rows": f"models.yaml beside {file}"},
        "status": "datasheet",
        **{key: dimensions[key] for key in DIMENSIONS},
        "tied_embeddings": dimensions["tied_embeddings"],
        "position": "rotary" if gated else "learned",
        "norm": "rms_norm" if gated else "layer_norm",
        "biases": not gated,
        "mla": dimensions.get("mla"),
        "moe": _experts(dimensions),
        "window": dimensions.get("window"),
        "parameters": dimensions["params_total"],
    }


def _experts(dimensions: Mapping[str, Any]) -> dict[str, Any] | None:
    moe = dimensions.get("moe")
    if not moe:
        return None
    dense = moe.get("dense_layers") or 0
    return {
        "experts": moe["experts"],
        "top_k": moe["top_k"],
        "ffn_hidden": moe["expert_ffn"],
        "shared_ffn_hidden": (moe.get("shared_experts") or 0) * moe["expert_ffn"],
        "dense_layers": dense,
        "dense_placement": "alternate" if 2 * dense == dimensions["layers"] else "first",
    }
