"""Parameter counts and useful operations."""

import pytest

from simulator.workload.parameters import layer_parameters, model_flops_per_token, total_parameters
from tests.builders import a_model, part


def test_a_gpt_layer_has_twelve_squares_of_its_width() -> None:
    # Narayanan et al. 2021, arXiv:2104.04473, equation 2: 12 h² (1 + 13 / 12h).
    h = 1024
    assert layer_parameters(a_model()) == (12 * h**2 + 13 * h, 0)


def test_norms_without_bias_and_products_without_bias() -> None:
    plain = a_model(norm="rms_norm", biases=False)
    assert layer_parameters(a_model()).total - layer_parameters(plain).total == 11 * 1024


def test_untied_logits_are_counted_once_more() -> None:
    tied, untied = (total_parameters(a_model(tied_embeddings=tied)) for tied in (True, False))
    assert untied - tied == 8192 * 1024


def test_llama_3_8b_to_the_parameter() -> None:
    assert total_parameters(part("model", "llama-3-8b")) == 8_030_261_248


def test_useful_operations_are_those_of_narayanan_2021() -> None:
    # The same reference: 72 l h² (1 + s/6h + V/12lh) per token without recomputation.
    layers, h, s, vocab = 8, 1024, 2048, 8192
    expected = 72 * layers * h**2 * (1 + s / (6 * h) + vocab / (12 * layers * h))
    assert model_flops_per_token(a_model(), s) == pytest.approx(expected, rel=1e-12)


def test_useful_operations_are_nearly_six_per_parameter() -> None:
    llama = part("model", "llama-3-405b")
    embedding = llama.vocab * llama.hidden
    useful = total_parameters(llama) - embedding
    assert model_flops_per_token(llama, 1) / useful == pytest.approx(6.0, rel=1e-3)
