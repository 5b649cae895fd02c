"""A small catalogue of its own, so that these tests do not depend on the shipped one."""

from pathlib import Path
from typing import Literal

import pytest

from simulator.catalogue import roots
from simulator.catalogue.roots import Root
from simulator.spec.part import Count, Part, Spec
from simulator.spec.quantities import Bandwidth, Bytes, Duration, FlopRate, Power

FILES = {
    "hardware/accelerators/chip-a.yaml": """\
format: 1
kind: accelerator
name: Chip A
aliases: [chip]
sources:
  sheet: Maker, Chip A datasheet, 2024
  test: Bench, kernel tables, 2024
status: datasheet
origins:
  memory.bandwidth: {source: test, status: measured, spread: 0.02}
  scale_up: {source: test, status: fitted, spread: 0.05}
compute:
  units: 100
  peak: {bf16: 400 TFLOP/s}
memory:
  capacity: 80 GB
  bandwidth: 2 TB/s
scale_up: {link: L1, bandwidth: 300 GB/s}
power: {limit: 400 W, idle: 80 W}
""",
    "hardware/networks/net-a.yaml": """\
format: 1
kind: network
name: Net A
technology: infiniband
sources: {sheet: "Maker, switch datasheet"}
status: datasheet
adapters: 8
rate: 200 Gb/s
efficiency: 0.9
adapter_latency: 1 us
tiers:
  - {name: leaf, accelerators: 64, latency: 0.3 us}
  - {name: spine, accelerators: null, latency: 0.5 us}
power_per_accelerator: 30 W
""",
    "hardware/systems/node-a.yaml": """\
format: 1
kind: system
name: Node A
accelerator: chip-a
per_node: 8
scale_up: 8
network: net-a
sources: {sheet: "Maker, node datasheet"}
status: datasheet
host: {idle_power: 1 kW, active_power: 2 kW}
reliability: {mtbf: 1 years, repair_time: 1 day}
""",
    "hardware/storage/store-a.yaml": """\
format: 1
kind: storage
name: Store A
sources: {guess: our own}
status: estimated
write_bandwidth: 100 GB/s
read_bandwidth: 200 GB/s
write_bandwidth_per_node: 2 GB/s
read_bandwidth_per_node: 4 GB/s
""",
    "hardware/sites/site-a.yaml": """\
format: 1
kind: site
name: Site A
sources: {grid: "Grid operator, 2024"}
status: measured
carbon_intensity: 380 g/kWh
electricity_price: 0.07 USD/kWh
pue: 1.1
""",
    "hardware/prices/price-a.yaml": """\
format: 1
kind: price
name: Price A
basis: rented
sources: {list: "Price list, 2024"}
status: announced
hourly: {chip-a: 2.50 USD/h}
""",
    "scenarios/models/model-a.yaml": """\
format: 1
kind: model
name: Model A
sources: {paper: "The model paper, table 1"}
status: datasheet
layers: 32
hidden: 4096
heads: 32
kv_heads: 8
head_dim: 128
ffn_hidden: 14336
gated: true
vocab: 128256
tied_embeddings: false
position: rotary
norm: rms_norm
biases: false
parameters: 8.03e9
""",
    "scenarios/software/stack-a.yaml": """\
format: 1
kind: software
name: Stack A
sources: {code: "Source code of the stack, v1"}
status: measured
collectives: lib-a
reserved_memory: 2 GB
""",
    "scenarios/collectives/lib-a.yaml": """\
format: 1
kind: collectives
name: Library A
sources: {logs: "Test logs, 2024"}
status: fitted
launch: 10 us
""",
    "scenarios/training/run-a.yaml": """\
format: 1
kind: training
name: run a
model: model-a
software: stack-a
cluster:
  count: 64
  system: node-a
  storage: store-a
parallelism:
  tensor: 8
training:
  tokens: 15.6 T tokens
  sequence_length: 4096
  global_batch: 512
  micro_batch: 1
  precision: bf16
  recompute: none
site: site-a
price: price-a
""",
}


class ChipMemory(Spec):
    capacity: Bytes
    bandwidth: Bandwidth


class ChipPower(Spec):
    limit: Power
    idle: Power


class ChipCompute(Spec):
    units: Count
    peak: dict[Literal["bf16", "fp16"], FlopRate]


class Chip(Part):
    """Stands in for the accelerator spec, which grows with the cost models and is tested there."""

    kind: Literal["accelerator"]
    compute: ChipCompute
    memory: ChipMemory
    scale_up: dict[str, str]
    power: ChipPower
    extends: str | None = None


class Stack(Part):
    """Stands in for the software spec, which grows with the workload and is tested there."""

    kind: Literal["software"]
    collectives: str
    reserved_memory: Bytes


class Library(Part):
    """Stands in for the spec of collective libraries."""

    kind: Literal["collectives"]
    launch: Duration


class Folder:
    """The catalogue's folder, with a way to add and to change files."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.files = FILES

    def write(self, name: str, text: str) -> Path:
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def edit(self, name: str, old: str, new: str) -> Path:
        text = (self.path / name).read_text(encoding="utf-8")
        assert old in text
        return self.write(name, text.replace(old, new, 1))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """The working directory: a folder with one part of each kind and nothing built in."""
    made = Folder(tmp_path)
    for name, text in FILES.items():
        made.write(name, text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(roots.CATALOGUE_VARIABLE, raising=False)
    monkeypatch.setattr("simulator.spec.accelerator.Accelerator", Chip)
    monkeypatch.setattr("simulator.spec.software.Software", Stack)
    monkeypatch.setattr("simulator.spec.collectives.Collectives", Library)
    monkeypatch.setattr(roots, "built_in", lambda: Root(tmp_path / "nothing"))
    return made
