"""Look-up by name, alias and path; inheritance; origins."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from simulator.catalogue.catalogue import Catalogue
from simulator.catalogue.origins import provenance
from simulator.catalogue.problems import SpecError
from simulator.catalogue.roots import CATALOGUE_VARIABLE, built_in

if TYPE_CHECKING:
    from tests.unit.catalogue.conftest import Folder

CHILD = """\
format: 1
kind: accelerator
name: Chip B
extends: chip-a
sources: {sheet: "Maker, Chip B datasheet"}
status: announced
memory: {capacity: 96 GB}
"""


def failure(name: str, kind: str = "accelerator", folder: Path | None = None) -> str:
    with pytest.raises(SpecError) as caught:
        Catalogue(folder).load(kind, name)
    return str(caught.value)


def test_id_and_alias_lead_to_the_same_part(folder: Folder) -> None:
    catalogue = Catalogue()
    assert catalogue.load("accelerator", "chip").id == "chip-a"
    assert catalogue.load("accelerator", "chip-a").spec.memory.bandwidth == 2e12


def test_unknown_name(folder: Folder) -> None:
    said = failure("chip-x")
    assert "unknown accelerator `chip-x`" in said
    assert "did you mean `chip-a`?" in said
    assert "scalewall hardware list" in said


def test_no_part_of_the_kind_at_all(folder: Folder) -> None:
    (folder.path / "hardware/sites/site-a.yaml").unlink()
    assert "no catalogue has any site" in failure("x", "site")


@pytest.mark.parametrize(
    "name", ["../chip-a", "/etc/passwd", "a/b", "", "..", "chip-a\0", "a..b", "x" * 5000 + "/"]
)
def test_names_do_not_escape(folder: Folder, name: str) -> None:
    assert "is no name of an accelerator" in failure(name)


def test_order_of_look_up(folder: Folder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = folder.files["hardware/sites/site-a.yaml"]
    folder.write("extra/sites/site-a.yaml", text.replace("Site A", "variable"))
    folder.write("mine/site-a.yaml", text.replace("Site A", "scenario"))
    assert Catalogue().load("site", "site-a").spec.name == "Site A"
    monkeypatch.setenv(CATALOGUE_VARIABLE, str(tmp_path / "extra"))
    assert Catalogue().load("site", "site-a").spec.name == "variable"
    assert Catalogue(tmp_path / "mine").load("site", "site-a").spec.name == "scenario"
    assert Catalogue(tmp_path / "mine").load("site", "extra/sites/site-a.yaml").spec.name == "variable"


def test_file_of_another_kind_with_the_name_is_passed_over(folder: Folder, tmp_path: Path) -> None:
    folder.write("mine/site-a.yaml", folder.files["scenarios/training/run-a.yaml"])
    assert Catalogue(tmp_path / "mine").load("site", "site-a").spec.name == "Site A"


def test_file_of_another_kind_in_the_folder_is_an_error(folder: Folder) -> None:
    folder.write("hardware/accelerators/wrong.yaml", folder.files["hardware/sites/site-a.yaml"])
    assert "`kind: site`: an accelerator is due here" in failure("wrong")


def test_path_that_does_not_exist(folder: Folder) -> None:
    assert "no such file" in failure("none/x.yaml")


def test_hashes_are_kept_by_path_below_the_catalogue(folder: Folder) -> None:
    catalogue = Catalogue()
    catalogue.load("accelerator", "chip")
    content = folder.files["hardware/accelerators/chip-a.yaml"].encode()
    assert catalogue.files == {"hardware/accelerators/chip-a.yaml": hashlib.sha256(content).hexdigest()}


def test_child_wins_and_the_rest_is_inherited(folder: Folder) -> None:
    folder.write("hardware/accelerators/chip-b.yaml", CHILD)
    part = Catalogue().load("accelerator", "chip-b").spec
    assert (part.name, part.memory.capacity, part.memory.bandwidth) == ("Chip B", 96e9, 2e12)
    assert part.aliases == ()
    assert part.extends is None


def test_each_value_keeps_the_origin_of_its_file(folder: Folder) -> None:
    folder.write("hardware/accelerators/chip-b.yaml", CHILD)
    document = Catalogue().load("accelerator", "chip-b").document
    own = provenance(document, ("memory", "capacity"))
    assert (own.file, own.line) == ("hardware/accelerators/chip-b.yaml", 7)
    assert (own.source, own.status) == ("Maker, Chip B datasheet", "announced")
    measured = provenance(document, ("memory", "bandwidth"))
    assert (measured.file, measured.line) == ("hardware/accelerators/chip-a.yaml", 17)
    assert (measured.source, measured.status, measured.spread) == (
        "Bench, kernel tables, 2024",
        "measured",
        0.02,
    )
    inherited = provenance(document, ("power", "limit"))
    assert (inherited.source, inherited.status) == ("Maker, Chip A datasheet, 2024", "datasheet")


def test_child_may_widen_what_it_inherits(folder: Folder) -> None:
    wider = "origins: {memory: {source: sheet, status: estimated, spread: 0.3}}\n"
    folder.write("hardware/accelerators/chip-b.yaml", CHILD + wider)
    document = Catalogue().load("accelerator", "chip-b").document
    assert provenance(document, ("memory", "bandwidth")).spread == 0.3


def test_overridden_value_does_not_keep_the_parents_origin(folder: Folder) -> None:
    folder.write(
        "hardware/accelerators/chip-b.yaml", CHILD.replace("{capacity: 96 GB}", "{bandwidth: 3 TB/s}")
    )
    document = Catalogue().load("accelerator", "chip-b").document
    assert provenance(document, ("memory", "bandwidth")).status == "announced"


def test_part_that_inherits_from_itself(folder: Folder) -> None:
    folder.edit("hardware/accelerators/chip-a.yaml", "name: Chip A", "name: Chip A\nextends: chip")
    said = failure("chip-a")
    assert "chip-a.yaml:4:10: `extends: chip`: the accelerator inherits from itself (chip-a → chip-a)" in said


def test_circle_of_two(folder: Folder) -> None:
    folder.write("hardware/accelerators/chip-b.yaml", CHILD)
    folder.edit("hardware/accelerators/chip-a.yaml", "name: Chip A", "name: Chip A\nextends: chip-b")
    assert "(chip-b → chip-a → chip-b)" in failure("chip-b")


def test_parent_that_does_not_exist(folder: Folder) -> None:
    folder.write("hardware/accelerators/chip-b.yaml", CHILD.replace("extends: chip-a", "extends: chap-a"))
    said = failure("chip-b")
    assert "chip-b.yaml:4:10: unknown accelerator `chap-a`" in said


def test_endless_chain(folder: Folder) -> None:
    for i in range(12):
        text = CHILD.replace("extends: chip-a", f"extends: link-{i + 1}")
        folder.write(f"hardware/accelerators/link-{i}.yaml", text)
    assert "a chain of more than" in failure("link-0")


def test_child_states_where_its_own_numbers_come_from(folder: Folder) -> None:
    folder.write("hardware/accelerators/chip-b.yaml", CHILD.replace("status: announced\n", ""))
    assert "`status` is missing" in failure("chip-b")


def test_mistake_in_an_inherited_value_is_placed_in_the_parent(folder: Folder) -> None:
    folder.edit("hardware/accelerators/chip-a.yaml", "limit: 400 W", "limit: 400")
    folder.write("hardware/accelerators/chip-b.yaml", CHILD)
    assert "chip-a.yaml:19:" in failure("chip-b")


def test_origin_of_nothing(folder: Folder) -> None:
    folder.edit("hardware/accelerators/chip-a.yaml", "memory.bandwidth:", "memory.bandwith:")
    said = failure("chip-a")
    assert "`origins` lists `memory.bandwith`" in said
    assert "did you mean `memory.bandwidth`?" in said


def test_origin_with_an_unknown_source(folder: Folder) -> None:
    folder.edit(
        "hardware/accelerators/chip-a.yaml",
        "{source: test, status: measured",
        "{source: tst, status: measured",
    )
    said = failure("chip-a")
    assert "`source: tst` is not a key of `sources`" in said
    assert "did you mean `test`?" in said


def test_part_without_sources(folder: Folder) -> None:
    folder.edit("hardware/sites/site-a.yaml", 'sources: {grid: "Grid operator, 2024"}\n', "")
    assert "`sources` is missing" in failure("site-a", "site")


def test_built_in_catalogue_is_a_folder_of_this_project() -> None:
    assert built_in().path.name != "simulator"
