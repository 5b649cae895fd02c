"""Checking files without running them; the JSON Schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from simulator.catalogue.check import check
from simulator.catalogue.parts import KINDS
from simulator.catalogue.problems import SpecError
from simulator.catalogue.schema import schema

if TYPE_CHECKING:
    from tests.unit.catalogue.conftest import Folder


def test_good_files(folder: Folder) -> None:
    assert check(folder.files) == []


def test_all_files_are_checked(folder: Folder) -> None:
    folder.edit("hardware/sites/site-a.yaml", "pue: 1.1", "pue: 0.4")
    folder.edit("scenarios/models/model-a.yaml", "layers: 32", "layers: 0")
    found = check(["hardware/sites/site-a.yaml", "scenarios/models/model-a.yaml", "none.yaml"])
    assert [p.message for p in found] == [
        "`pue: 0.4`: must be at least 1",
        "`layers: 0`: must be at least 1",
        "no such file",
    ]


def test_scenario_is_checked_with_its_parts_and_each_problem_is_said_once(folder: Folder) -> None:
    folder.edit("hardware/sites/site-a.yaml", "pue: 1.1", "pue: 0.4")
    assert len(check(["hardware/sites/site-a.yaml", "scenarios/training/run-a.yaml"])) == 1


def test_unknown_kind(folder: Folder) -> None:
    folder.edit("hardware/sites/site-a.yaml", "kind: site", "kind: sit")
    (problem,) = check(["hardware/sites/site-a.yaml"])
    assert "did you mean `site`?" in problem.hint


@pytest.mark.parametrize("name", ["Site A.yaml", "SITE.yaml", "-a.yaml", "site.yml"])
def test_file_name_that_is_no_id(folder: Folder, name: str) -> None:
    file = folder.write(name, folder.files["hardware/sites/site-a.yaml"])
    assert len(check([file])) == 1


def test_alias_that_means_another_part(folder: Folder) -> None:
    text = folder.files["hardware/accelerators/chip-a.yaml"]
    folder.write("hardware/accelerators/chip-b.yaml", text.replace("[chip]", "[chip-a]"))
    folder.write("hardware/accelerators/chip-c.yaml", text)
    (problem,) = check(["hardware/accelerators/chip-b.yaml"])
    assert problem.message == "alias `chip-a` already means `chip-a`"
    (problem,) = check(["hardware/accelerators/chip-c.yaml"])
    assert problem.message == "alias `chip` already means `chip-a`"


@pytest.mark.parametrize("kind", KINDS)
def test_schema_says_string_for_quantities(kind: str) -> None:
    document = schema(kind)
    assert document["title"] == kind
    assert document["$schema"].startswith("https://json-schema.org/")


def test_schema_of_a_quantity_has_an_example() -> None:
    quantity = schema("storage")["properties"]["write_bandwidth"]
    assert quantity["type"] == "string"
    assert quantity["examples"] == ["3.35 TB/s"]
    assert quantity["description"] == "Sustained write bandwidth of the whole store."


def test_schema_of_an_unknown_kind() -> None:
    with pytest.raises(SpecError, match="did you mean `site`"):
        schema("sit")
