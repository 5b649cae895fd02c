"""Loading a scenario with its parts, overriding it, and writing it out again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from simulator.catalogue.dump import resolved_yaml
from simulator.catalogue.problems import SpecError
from simulator.catalogue.scenario import load_scenario

if TYPE_CHECKING:
    from tests.unit.catalogue.conftest import Folder

RUN = "scenarios/training/run-a.yaml"


def failure(*args: object, **kwargs: object) -> str:
    with pytest.raises(SpecError) as caught:
        load_scenario(*args, **kwargs)  # type: ignore[arg-type]
    return str(caught.value)


def test_everything_named_is_loaded(folder: Folder) -> None:
    resolved = load_scenario("run-a")
    assert resolved.scenario.training.tokens == 15.6e12
    assert resolved.accelerator.name == "Chip A"
    assert resolved.network.rate == 25e9
    assert resolved.collectives.name == "Library A"
    assert resolved.system is not None
    assert resolved.system.per_node == 8
    assert resolved.ids["accelerator"] == "chip-a"
    assert len(resolved.files) == len(folder.files)
    assert resolved.provenance["accelerator.memory.bandwidth"].spread == 0.02
    assert resolved.provenance["scenario.training.tokens"].line == 13
    assert resolved.provenance["network.tiers.0.latency"].line == 12


@pytest.mark.parametrize("asked", [RUN, Path(RUN), "run-a"])
def test_by_path_and_by_name(folder: Folder, asked: str | Path) -> None:
    assert load_scenario(asked).scenario.name == "run a"


def test_unknown_scenario(folder: Folder) -> None:
    assert "did you mean `run-a`?" in failure("run-b")


@pytest.mark.parametrize(
    "asked", ["none.yaml", "scenarios", "scenarios/none", "", "a\0b", "x" * 5000, Path("none")]
)
def test_scenario_that_cannot_be_read(folder: Folder, asked: str | Path) -> None:
    assert failure(asked).endswith("1 error. Nothing was run.")


def test_part_cannot_be_run(folder: Folder) -> None:
    assert "a part cannot be run" in failure("hardware/sites/site-a.yaml")


@pytest.mark.parametrize(
    ("kind", "said"), [("trainin", "did you mean `training`?"), ("[a]", "unknown kind"), ("", "`kind`")]
)
def test_unknown_kind(folder: Folder, kind: str, said: str) -> None:
    folder.edit(RUN, "kind: training", f"kind: {kind}")
    assert said in failure(RUN)


def test_inline_node(folder: Folder) -> None:
    inline = "accelerator: chip\n  per_node: 4\n  scale_up: 4\n  network: net-a"
    folder.edit(RUN, "system: node-a", inline)
    resolved = load_scenario("run-a")
    assert resolved.system is None
    assert resolved.accelerator.name == "Chip A"


def test_inline_node_needs_a_network(folder: Folder) -> None:
    folder.edit(RUN, "system: node-a", "accelerator: chip\n  per_node: 4\n  scale_up: 4")
    assert "needs a `network`" in failure("run-a")


def test_network_of_the_cluster_wins_over_that_of_the_system(folder: Folder) -> None:
    other = folder.files["hardware/networks/net-a.yaml"].replace("Net A", "Net B")
    folder.write("hardware/networks/net-b.yaml", other)
    assert load_scenario("run-a", {"cluster.network": "net-b"}).network.name == "Net B"


def test_scenario_extends_another(folder: Folder) -> None:
    folder.write("b.yaml", "format: 1\nkind: training\nextends: run-a\nname: b\ncluster: {count: 128}\n")
    resolved = load_scenario("b.yaml")
    assert (resolved.scenario.name, resolved.scenario.cluster.count) == ("b", 128)
    assert resolved.scenario.cluster.system == "node-a"
    assert resolved.place("cluster.count")[0] == "b.yaml"
    assert resolved.place("cluster.system")[0] == RUN


def test_scenario_that_extends_itself(folder: Folder) -> None:
    folder.edit(RUN, "name: run a", "name: run a\nextends: run-a")
    assert "the scenario inherits from itself" in failure("run-a")


def test_overrides(folder: Folder) -> None:
    resolved = load_scenario(
        "run-a", ["cluster.count=128", "training.tokens=1 T tokens", "site=null"], seed=7
    )
    assert resolved.scenario.cluster.count == 128
    assert resolved.scenario.training.tokens == 1e12
    assert resolved.scenario.seed == 7
    assert resolved.site is None
    assert resolved.provenance["scenario.cluster.count"].file == "--set cluster.count=128"


def test_overrides_from_python(folder: Folder) -> None:
    resolved = load_scenario("run-a", {"cluster.count": 128, "parallelism": {"tensor": 4}, "site": None})
    assert (resolved.scenario.cluster.count, resolved.scenario.parallelism.tensor) == (128, 4)


def test_override_of_a_part(folder: Folder) -> None:
    resolved = load_scenario("run-a", ["accelerator.memory.bandwidth=5 TB/s", "network.tiers.1.latency=2 us"])
    assert resolved.accelerator.memory.bandwidth == 5e12
    assert resolved.network.tiers[1].latency == 2e-6
    origin = resolved.provenance["accelerator.memory.bandwidth"]
    assert (origin.source, origin.status) == ("set by the user of this run", "estimated")


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("cluster.cont=4", "error: --set cluster.cont=4: unknown key `cont`; did you mean `count`?"),
        ("clster.count=4", "error: --set clster.count=4: unknown key `clster`"),
        ("cluster.count=x", "error: --set cluster.count=x: `count: x`: a whole number is due"),
        ("training.tokens=3", "--set training.tokens=3: `tokens: 3`: a bare number"),
        ("model=modl-a", "error: --set model=modl-a: unknown model `modl-a`; did you mean `model-a`?"),
        ("accelerator.memory.bandwith=3 TB/s", "unknown key `bandwith`; did you mean `bandwidth`?"),
        ("network.tiers.9.latency=1 us", "`tiers` is a list of 2"),
        ("network.tiers.x=1", "`tiers` is a list of 2"),
        ("extends=run-b", "`extends` cannot be set"),
        ("accelerator.extends=chip-b", "`extends` cannot be set"),
        ("kind=serving", "--set kind=serving: `kind: serving`: unknown"),
        ("name.first=x", "`name`: a text is due"),
        ("parts.site=3", "unknown key `parts`"),
        ("parallelism=8", "a block of `key: value` lines is due"),
        ("cluster.count", "no `=`"),
        ("=4", "an empty key"),
        ("a..b=4", "an empty key"),
        ("training.extends=x", "unknown key `extends`"),
    ],
)
def test_bad_override(folder: Folder, override: str, said: str) -> None:
    assert said in failure("run-a", [override])


def test_override_of_a_part_that_is_not_used(folder: Folder) -> None:
    folder.edit(RUN, "site: site-a\n", "")
    assert "the scenario uses no site" in failure("run-a", ["site.pue=1.2"])


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object()])
def test_override_that_no_file_could_hold(folder: Folder, value: object) -> None:
    assert "--set cluster.count=" in failure("run-a", {"cluster.count": value})


@pytest.mark.parametrize("overrides", [(), ("accelerator.memory.bandwidth=5 TB/s", "cluster.storage=null")])
def test_resolved_file_gives_the_same_scenario_without_a_catalogue(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, overrides: tuple[str, ...]
) -> None:
    folder.write("hardware/systems/node-b.yaml", NODE_B)
    resolved = load_scenario("run-a", ["cluster.system=node-b", *overrides])
    alone = tmp_path / "alone"
    alone.mkdir()
    file = alone / "scenario.resolved.yaml"
    file.write_text(resolved_yaml(resolved))
    for kept in ("hardware", "scenarios"):
        (tmp_path / kept).rename(tmp_path / f"{kept}-gone")
    again = load_scenario(file)
    assert again == resolved
    assert resolved_yaml(again) == resolved_yaml(resolved)
    for path, origin in resolved.provenance.items():
        if not path.startswith("scenario."):
            same = again.provenance[path]
            assert (same.source, same.status, same.spread) == (origin.source, origin.status, origin.spread)


NODE_B = """\
format: 1
kind: system
name: Node B
extends: node-a
sources: {sheet: Another datasheet}
status: estimated
per_node: 4
"""


def test_parts_of_a_resolved_file_are_checked(folder: Folder, tmp_path: Path) -> None:
    text = resolved_yaml(load_scenario("run-a"))
    file = folder.write(
        "resolved.yaml", text.replace("        bandwidth: 2 TB/s", "        bandwith: 2 TB/s")
    )
    assert "did you mean `bandwidth`?" in failure(file)
    file = folder.write("resolved.yaml", text.replace("parts:\n", "parts:\n  motor: {a: {}}\n"))
    assert "unknown kind of part `motor`" in failure(file)
    file = folder.write("resolved.yaml", text.replace("site: site-a\n", ""))
    assert "part `site-a` is not used by the scenario" in failure(file)


@pytest.mark.parametrize("parts", ["3", "{site: 3}", "{site: {a: 3}}", "[a]"])
def test_parts_that_are_none(folder: Folder, parts: str) -> None:
    folder.write("b.yaml", folder.files[RUN] + f"parts: {parts}\n")
    assert "parts" in failure("b.yaml")


def test_place_and_problem_for_checks_across_parts(folder: Folder) -> None:
    resolved = load_scenario("run-a")
    assert resolved.place("parallelism.tensor") == (RUN, 11, 11, "  tensor: 8")
    assert resolved.place("parallelism.data")[:3] == (RUN, 10, 1)
    assert resolved.place("model")[:2] == (RUN, 4)
    assert resolved.place("model.layers")[0] == "scenarios/models/model-a.yaml"
    assert resolved.place("network.tiers.1.latency")[1] == 13
    problem = resolved.problem("parallelism", "8 × 8 = 64", hint="data = 8 fits")
    assert str(problem).startswith(f"error: {RUN}:10:1: 8 × 8 = 64\n   10 | parallelism:\n")
