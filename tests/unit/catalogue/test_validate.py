"""What is said about a file that does not fit its kind."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from simulator.catalogue.problems import SpecError
from simulator.catalogue.scenario import load_scenario

if TYPE_CHECKING:
    from tests.unit.catalogue.conftest import Folder

RUN = "scenarios/training/run-a.yaml"


def messages(path: Path | str, overrides: tuple[str, ...] = ()) -> list[str]:
    with pytest.raises(SpecError) as caught:
        load_scenario(path, overrides)
    return [str(p) for p in caught.value.problems]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "  tensor: 8",
            "  tensr: 8",
            "{file}:11:3: unknown key `tensr`\n   11 |   tensr: 8\n      |   ^^^^^ did you mean `tensor`?",
        ),
        (
            "tokens: 15.6 T tokens",
            "tokens: 15.6",
            "{file}:13:11: `tokens: 15.6`: a bare number where a number of tokens is due; add the unit, for",
        ),
        (
            "15.6 T tokens",
            "15.6 TB",
            "`TB` is a size, a number of tokens is due, for example `15.6 T tokens`",
        ),
        ("15.6 T tokens", "15.6 T token", "unknown unit `T token`, did you mean `T tokens`?"),
        ("recompute: none", "recompute: ful", "`recompute: ful`: unknown, did you mean `full`?"),
        ("tensor: 8", "tensor: 0", "{file}:11:11: `tensor: 0`: must be at least 1"),
        ("tensor: 8", "tensor: 1.5", "a whole number is due, without a fraction"),
        ("tensor: 8", "tensor: '8'", "a whole number is due"),
        ("tensor: 8", "tensor: true", "a whole number is due"),
        ("sequence_length: 4096", "sequence_length: 4,096", "write `4096`"),
        ("tensor: 8", "sequence_parallel: yes", "`sequence_parallel: yes`: write `true`"),
        ("  tensor: 8", "  - 8", "{file}:10:1: `parallelism`: a block of `key: value` lines is due"),
        ("name: run a", "name: 3", "`name: 3`: a text is due"),
        ("  global_batch: 512\n", "", "{file}:12:1: `global_batch` is missing in `training`"),
        ("format: 1", "format: 2", "`format: 2`: this version reads `format: 1`"),
        ("  system: node-a\n", "", "{file}:6:1: name a `system`, or write the node out"),
        ("  count: 64", "  count: .inf", "a whole number is due"),
    ],
)
def test_message(folder: Folder, old: str, new: str, said: str) -> None:
    folder.edit(RUN, old, new)
    assert said.format(file=RUN) in "\n".join(messages("run-a"))


def test_typo_of_a_required_key_is_one_problem(folder: Folder) -> None:
    folder.edit(RUN, "  count: 64", "  cont: 64")
    (only,) = messages("run-a")
    assert "did you mean `count`?" in only


def test_five_mistakes_are_five_problems_typos_first(folder: Folder) -> None:
    folder.edit(RUN, "tensor: 8", "tensor: -8")
    folder.edit(RUN, "15.6 T tokens", "15.6")
    folder.edit(RUN, "micro_batch", "micro_bach")
    folder.edit(RUN, "model: model-a", "model: modl-a")
    folder.edit(RUN, "recompute: none", "recompute: no")
    found = messages("run-a")
    assert len(found) == 5
    assert "micro_bach" in found[0]


def test_mistakes_of_parts_are_reported_with_those_of_the_scenario(folder: Folder) -> None:
    folder.edit(RUN, "tensor: 8", "tensr: 8")
    folder.edit("hardware/accelerators/chip-a.yaml", "2 TB/s", "2 TBs")
    found = messages("run-a")
    assert len(found) == 2
    assert found[1] == (
        "error: hardware/accelerators/chip-a.yaml:17:14: `bandwidth: 2 TBs`: "
        "unknown unit `TBs`, did you mean `TB/s`?"
    )


def test_unknown_precision_is_an_unknown_key(folder: Folder) -> None:
    folder.edit("hardware/accelerators/chip-a.yaml", "{bf16: 400", "{bf61: 400")
    (only,) = messages("run-a")
    assert "unknown key `bf61`" in only
    assert "did you mean `bf16`?" in only


def test_mistake_in_a_list_keeps_its_place(folder: Folder) -> None:
    folder.edit("hardware/networks/net-a.yaml", "0.3 us", "0.3")
    (only,) = messages("run-a")
    assert "net-a.yaml:12:" in only
    assert "`latency: 0.3`: a bare number" in only


def test_price_knows_only_the_keys_of_its_basis(folder: Folder) -> None:
    folder.edit("hardware/prices/price-a.yaml", "hourly:", "hourli:")
    (only,) = messages("run-a")
    assert "did you mean `hourly`?" in only
    assert "purchase" not in only


@pytest.mark.parametrize(
    ("new", "said"), [("basis: rentd", "did you mean `rented`?"), ("note: none", "`basis` is missing")]
)
def test_price_without_a_basis(folder: Folder, new: str, said: str) -> None:
    folder.edit("hardware/prices/price-a.yaml", "basis: rented", new)
    (only,) = messages("run-a")
    assert said in only


def test_check_of_a_whole_block_reads_as_written(folder: Folder) -> None:
    folder.edit("scenarios/models/model-a.yaml", "kv_heads: 8", "kv_heads: 5")
    (only,) = messages("run-a")
    assert ": kv_heads = 5 does not divide heads = 32;" in only
