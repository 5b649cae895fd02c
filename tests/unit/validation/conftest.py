"""One published row, as a file has it."""

from typing import Any

import pytest


@pytest.fixture
def row() -> dict[str, Any]:
    """A row of a model that the catalogue does not know, with the knobs a test may leave open."""
    return {
        "id": "paper-small",
        "grade": "A",
        "axis": "scale",
        "not_stated": [],
        "model": "paper-model",
        "sequence": 1024,
        "hardware": {
            "accelerator": "nvidia-a100-sxm-80gb",
            "count": 8,
            "per_node": 8,
            "scale_up": 8,
            "network": "ib-hdr-8x200",
        },
        "plan": {
            "tensor": 2,
            "sequence_parallel": False,
            "pipeline": 1,
            "virtual_stages": 1,
            "data": 4,
            "context": 1,
            "expert": 1,
            "expert_tensor": 1,
            "sharding": "none",
            "micro_batch": 1,
            "global_batch": 8,
            "precision": "bf16",
            "recompute": "none",
            "schedule": None,
            "cpu_offload": False,
            "lora": False,
            "software": "Megatron-LM 2022",
        },
        "measured": {"step_time": 0.1, "tokens_per_second": 81920.0, "peak_memory": 6e9},
    }


@pytest.fixture
def dimensions() -> dict[str, Any]:
    return {
        "layers": 8,
        "hidden": 1024,
        "heads": 16,
        "kv_heads": 16,
        "head_dim": 64,
        "ffn_hidden": 4096,
        "gated": False,
        "vocab": 8192,
        "tied_embeddings": True,
        "params_total": 109_000_000,
    }
