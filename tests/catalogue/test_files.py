"""Every shipped file checks clean, and every number in it has a source."""

from pathlib import Path

import pytest

from simulator.catalogue.catalogue import Catalogue, Entry
from simulator.catalogue.check import check
from simulator.catalogue.origins import provenance, values
from simulator.catalogue.parts import KINDS, SCENARIOS
from simulator.spec.part import Status

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(path for folder in ("hardware", "scenarios") for path in (ROOT / folder).rglob("*.yaml"))
CATALOGUE = Catalogue()
ENTRIES = [CATALOGUE.load(kind, id) for kind in KINDS if kind not in SCENARIOS for id in CATALOGUE.ids(kind)]
EVERY = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)


def test_no_part_is_left_out() -> None:
    scenarios = [path for kind in SCENARIOS for path in (ROOT / "scenarios" / kind).glob("*.yaml")]
    assert len(ENTRIES) + len(scenarios) == len(FILES)


def test_every_file_checks_clean() -> None:
    assert check(FILES) == []


@EVERY
def test_every_value_has_a_source_and_a_status(entry: Entry) -> None:
    sources = entry.document.data["sources"]
    for keys in values(entry.document.data):
        origin = provenance(entry.document, keys)
        assert origin.source in sources.values(), keys
        assert origin.status in Status.__args__, keys
        assert origin.line is not None, keys


@EVERY
def test_every_fitted_or_estimated_number_says_so_by_itself_or_for_its_block(entry: Entry) -> None:
    stated = entry.document.data.get("origins", {})
    assert entry.document.data["status"] in Status.__args__
    assert all({"source", "status"} <= set(origin) for origin in stated.values())


@EVERY
def test_no_two_parts_of_a_kind_share_a_name(entry: Entry) -> None:
    others = {
        name for e in ENTRIES if e.kind == entry.kind and e is not entry for name in (e.id, *e.spec.aliases)
    }
    assert not others & {entry.id, *entry.spec.aliases}
