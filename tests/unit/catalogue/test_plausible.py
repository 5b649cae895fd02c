"""Each planted fault of a catalogue entry is found, at its place, with what was probably meant."""

from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.catalogue.check import check
from simulator.catalogue.problems import Problem

Plant = Callable[..., list[Problem]]

HEAD = "format: 1\nkind: {kind}\nname: {name}\nsources: {{a: 'A datasheet, 2027'}}\nstatus: datasheet\n"
SITE = "carbon_intensity: {carbon}\nelectricity_price: {price}\npue: {pue}\n"


@pytest.fixture
def plant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plant:
    """Write an entry of the user's own catalogue and check it."""
    monkeypatch.chdir(tmp_path)

    def call(kind: str, body: str, folder: str, name: str = "Mine", id: str = "mine") -> list[Problem]:
        path = tmp_path / "hardware" / folder / f"{id}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HEAD.format(kind=kind, name=name) + body, encoding="utf-8")
        return check([path])

    return call


def accelerator(plant: Plant, body: str, parent: str = "nvidia-h100-sxm-80gb", **more: str) -> list[Problem]:
    return plant("accelerator", f"extends: {parent}\n{body}", "accelerators", **more)


def the(problems: list[Problem]) -> Problem:
    assert len(problems) == 1, [str(p) for p in problems]
    return problems[0]


def test_an_entry_that_only_has_a_name_is_clean(plant: Plant) -> None:
    assert accelerator(plant, "") == []


@pytest.mark.parametrize(
    ("body", "code", "severity", "words"),
    [
        ("memory: {capacity: 80 TB}", "E01", "error", "`80 GB` was probably meant"),
        ("memory: {bandwidth: 3.35 GB/s}", "E01", "error", "`3.35 TB/s` was probably meant"),
        ("memory: {capacity: 640 GB}", "W01", "warning", "`80 GB` was probably meant"),
        ("host_link: 1.2 TB/s", "W01", "warning", "such values lie at"),
        ("power: {limit: 70 kW}", "E01", "error", "not of a node"),
        ("compute: {peak: {bf16: 1979 TFLOP/s}}", "E02", "error", "was 2:4 sparsity"),
        ("compute: {clock: 1980 MHz}", "E02", "error", "a clock of 1.830 GHz would fit"),
        ("scale_up: {bandwidth: 900 GB/s}", "E03", "error", "the sum of both directions"),
        ("scale_up: {bandwidth: 440 GB/s}", "E03", "error", "that of 17.6 links"),
        ("family: hoper", "W05", "warning", "did you mean `hopper`?"),
        ("power: {idle: 500 W}", "W14", "warning", "usually 0.03 to 0.5"),
    ],
)
def test_a_number_that_cannot_be_is_found(
    plant: Plant, body: str, code: str, severity: str, words: str
) -> None:
    found = [p for p in accelerator(plant, f"{body}\n") if f"[{code}]" in p.message]
    assert found
    assert {p.severity for p in found} == {severity}
    assert words in str(found[0])
    assert found[0].line is not None


@pytest.mark.parametrize(
    ("carbon", "price", "pue", "words"),
    [
        ("380 g/kWh", "0.07 USD/kWh", "0.4", "an overhead of 40 % is 1.4"),
        ("380 kg/kWh", "0.07 USD/kWh", "1.2", "`380 g/kWh` was probably meant"),
        ("380 g/kWh", "70 USD/kWh", "1.2", "70 USD/MWh"),
    ],
)
def test_a_site_out_of_range_is_found(plant: Plant, carbon: str, price: str, pue: str, words: str) -> None:
    problem = the(plant("site", SITE.format(carbon=carbon, price=price, pue=pue), "sites"))
    assert problem.severity == "error"
    assert words in str(problem)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("scale_up: 12", "no whole number of nodes"),
        ("accelerator: nvidia-h100-smx", "unknown accelerator `nvidia-h100-smx`"),
        ("reliability: {mtbf: 3 h}", "[W01]"),
        ("host: {active_power: 4.6 kW}", "[W22]"),
        ("host: {idle_power: 3 kW}", "[W21]"),
    ],
)
def test_a_system_out_of_range_is_found(plant: Plant, body: str, words: str) -> None:
    found = plant("system", f"extends: dgx-h100\n{body}\n", "systems")
    assert any(words in p.message for p in found), [str(p) for p in found]


def test_the_bandwidth_of_a_node_is_none_of_an_adapter(plant: Plant) -> None:
    found = the(plant("network", "extends: ib-ndr-8x400\nrate: 3.2 Tb/s\n", "networks"))
    assert "[W01]" in found.message
    assert "`400 GB/s` was probably meant" in str(found) or "adapters x rate" in str(found)


def test_prices_name_accelerators_and_are_of_one(plant: Plant) -> None:
    body = "basis: rented\nhourly: {nvidia-h100-sxm-80gb: 98 USD/h, nvidia-h101: 2 USD/h}\n"
    found = [p.message for p in plant("price", body, "prices")]
    assert any("unknown accelerator `nvidia-h101`" in m for m in found)
    assert any("[W01]" in m for m in found)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("memory: {bandwidth: 3.35 TBs}", "did you mean `TB/s`?"),
        ("memory: {bandwidth: 80 GB}", "`GB` is a size, a bandwidth is due"),
        ("memory: {bandwidth: 3350}", "a bare number where a bandwidth is due"),
        ("memory: {bandwith: 3.35 TB/s}", "unknown key `bandwith`"),
        ("origins: {memory.speed: {source: a, status: datasheet}}", "which the entry does not state"),
        ("origins: {host_link: {source: b, status: datasheet}}", "not a key of `sources`"),
    ],
)
def test_a_wrong_unit_or_key_is_found(plant: Plant, body: str, words: str) -> None:
    assert words in str(the(accelerator(plant, f"{body}\n")))


def test_an_entry_without_source_is_refused(plant: Plant, tmp_path: Path) -> None:
    accelerator(plant, "")
    path = tmp_path / "hardware/accelerators/mine.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("sources: {a: 'A datasheet, 2027'}\n", ""), encoding="utf-8")
    assert "`sources` is missing" in the(check([path])).message
    path.write_text(text.replace("{a: 'A datasheet, 2027'}", "{}"), encoding="utf-8")
    assert any("sources" in p.message for p in check([path]))


def test_a_missing_and_a_circular_parent_are_found(plant: Plant) -> None:
    assert "unknown accelerator `h1000`" in str(the(accelerator(plant, "", "h1000")))
    accelerator(plant, "", "two", id="one")
    found = accelerator(plant, "", "one", id="two")
    assert "inherits from itself (two → one → two)" in the(found).message


def test_a_note_on_the_value_answers_a_warning_but_no_error(plant: Plant) -> None:
    note = "origins: {{{path}: {{source: a, status: datasheet, note: 'It is so.'}}}}\n"
    doubted = "power: {idle: 500 W}\n"
    assert accelerator(plant, doubted) != []
    assert accelerator(plant, doubted + note.format(path="power.idle")) == []
    assert accelerator(plant, doubted + note.format(path="power")) != []
    assert accelerator(plant, "memory: {capacity: 80 TB}\n" + note.format(path="memory.capacity")) != []


def test_what_is_still_to_be_filled_in_is_an_error(plant: Plant) -> None:
    problem = the(accelerator(plant, "memory: {bandwidth: FILL_IN}\n"))
    assert "`memory.bandwidth` is still to be filled in" in problem.message
    assert "3.35 TB/s" in problem.hint


def test_siblings_of_an_undescribed_family_differ_by_two(plant: Plant) -> None:
    accelerator(plant, "family: next\n", id="one")
    sparse = "family: next\ncompute: {peak: {bf16: 1978.9 TFLOP/s}}\n"
    found = [p for p in accelerator(plant, sparse, id="two") if "[W03]" in p.message]
    assert "2 times the work of its siblings" in the(found).message


def test_the_users_own_ranges_win(plant: Plant, tmp_path: Path) -> None:
    path = tmp_path / "hardware/ranges/site.yaml"
    path.parent.mkdir(parents=True)
    body = "applies_to: site\nvalues: {pue: {possible: [1.0, 4.0], usual: [1.0, 1.1]}}\n"
    path.write_text(HEAD.format(kind="ranges", name="Strict") + body, encoding="utf-8")
    found = plant("site", SITE.format(carbon="380 g/kWh", price="0.07 USD/kWh", pue="1.2"), "sites")
    assert "such values lie at 1 to 1.1 [W01]" in the(found).message
