"""Parts listed, described and compared; a user's own entry wins over a shipped one."""

from pathlib import Path

import pytest

from simulator.catalogue.catalogue import Catalogue
from simulator.catalogue.described import describe
from simulator.catalogue.difference import difference
from simulator.catalogue.listing import HARDWARE, listing
from simulator.catalogue.lookup import find_part
from simulator.catalogue.problems import SpecError

SHIPPED = Path(__file__).resolve().parents[3] / "hardware"


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalogue of the user's own with one site that is shipped too, and one that is broken."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "hardware" / "sites"
    folder.mkdir(parents=True)
    text = (SHIPPED / "sites" / "iowa.yaml").read_text(encoding="utf-8")
    (folder / "iowa.yaml").write_text(text.replace("pue: 1.10", "pue: 1.30"), encoding="utf-8")
    return folder


def test_filters_combine_and_know_capitals() -> None:
    parts, problems = listing({"kind": "accelerator", "vendor": "nvidia", "family": "Hopper", "status": None})
    assert problems == []
    assert {part.data["family"] for part in parts} == {"hopper"}
    assert {"nvidia-h100-sxm-80gb", "nvidia-h800-sxm-80gb"} <= {part.id for part in parts}
    assert listing({"vendor": "AMD", "family": "hopper"})[0] == []


def test_a_list_has_all_hardware_and_other_parts_when_asked() -> None:
    assert {part.kind for part in listing({})[0]} == set(HARDWARE)
    assert "gpt-175b" in [part.id for part in listing({"kind": "model"})[0]]


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        ({"vendor": "nvida"}, "did you mean `NVIDIA`?"),
        ({"kind": "gpu"}, "--kind gpu: unknown kind"),
        ({"family": "hoper"}, "did you mean `hopper`?"),
        ({"status": "datashet"}, "did you mean `datasheet`?"),
        ({"kind": "site", "vendor": "NVIDIA"}, "no part that is listed has one"),
    ],
)
def test_an_unknown_filter_says_what_there_is(filters: dict[str, str], words: str) -> None:
    with pytest.raises(SpecError) as caught:
        listing(filters)
    assert words in str(caught.value)


def test_a_broken_file_does_not_hide_the_others(mine: Path) -> None:
    (mine / "broken.yaml").write_text("a: [", encoding="utf-8")
    parts, problems = listing({"kind": "site"})
    assert "iowa" in [part.id for part in parts]
    assert "broken.yaml" in problems[0].file


def test_the_users_own_entry_wins_and_the_shipped_one_is_named(mine: Path) -> None:
    part = describe("iowa")
    assert part.file == "hardware/sites/iowa.yaml"
    assert part.hides == (str(SHIPPED / "sites" / "iowa.yaml"),)
    assert [v.text for v in part.values if v.path == "pue"] == ["1.3"]
    assert next(p for p in listing({"kind": "site"})[0] if p.id == "iowa").file == part.file
    (mine / "iowa.yaml").unlink()
    assert [v.text for v in describe("iowa").values if v.path == "pue"] == ["1.1"]


def test_each_value_has_its_place_source_and_number() -> None:
    part = describe("a100-sxm-40gb")
    values = {value.path: value for value in part.values}
    own, inherited = values["memory.capacity"], values["compute.clock"]
    assert (own.text, own.number, own.origin.status, own.origin.spread) == (
        "39.49 GiB", 39.49 * 2**30, "measured", 0.003,
    )  # fmt: skip
    assert own.origin.file.endswith("nvidia-a100-sxm-40gb.yaml")
    assert inherited.origin.file.endswith("nvidia-a100-sxm-80gb.yaml")
    assert inherited.number == 1410e6
    assert inherited.origin.line is not None
    assert inherited.origin.source in part.sources.values()
    assert [Path(file).stem for file in part.inherits] == ["nvidia-a100-sxm-80gb"]


@pytest.mark.parametrize("kind", ["system", "network", "storage", "site", "price", "model", "software"])
def test_every_kind_is_described(kind: str) -> None:
    id = next(iter(Catalogue().ids(kind)))
    assert describe(id, kind).values


def test_a_part_is_found_by_alias_kind_and_path(mine: Path) -> None:
    assert find_part(Catalogue(), "us-central1")[1].stem == "iowa"
    assert find_part(Catalogue(), "hardware/sites/iowa.yaml")[0] == "site"
    with pytest.raises(SpecError, match="unknown kind"):
        find_part(Catalogue(), "iowa", "sites")
    with pytest.raises(SpecError, match="did you mean `iowa`"):
        find_part(Catalogue(), "iova")


def test_a_difference_has_all_numbers_and_the_texts_that_differ() -> None:
    found = difference("h100", "b200")
    rows = {row.path: row for row in found.rows}
    assert rows["scale_up.bandwidth"].ratio == 2.0
    assert rows["kernels.sustained"].ratio == 1.0
    assert (rows["scale_up.link"].a, rows["scale_up.link"].b) == ("NVLink4", "NVLink5")
    assert "vendor" not in rows
    assert rows["compute.peak.fp4"].a is None
    order = list(rows)
    assert order.index("compute.peak.fp4") == order.index("memory.capacity") - 1


def test_units_of_another_size_make_no_difference(mine: Path) -> None:
    path = mine / "iowa.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("0.0691 USD/kWh", "69.1 USD/MWh"), encoding="utf-8")
    rows = {row.path: row for row in difference("iowa", str(SHIPPED / "sites" / "iowa.yaml")).rows}
    assert rows["electricity_price"].ratio == pytest.approx(1.0)


def test_parts_of_two_kinds_are_not_compared() -> None:
    with pytest.raises(SpecError, match="compare parts of one kind"):
        difference("h100", "iowa")
