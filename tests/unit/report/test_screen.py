"""The first screen: small enough, complete, and adding up."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

import simulator
from simulator.report.screen import HEIGHT, WIDTH, screen
from simulator.report.terminal import Terminal
from simulator.result.result import Result

ResultOf = Callable[..., Result]

COMMAND = ["scalewall", "run", "quickstart"]

VARIANTS = [
    ("quickstart",),
    ("quickstart", "cluster.count=8", "price=owned-2025"),
    ("quickstart", "training.micro_batch=1", "run.failures=false"),
    ("llama3-8b-dgx-h100",),
    ("llama3-405b-16k-h100",),
    (
        "llama3-405b-16k-h100",
        "parallelism.virtual_stages=1",
        "parallelism.schedule=gpipe",
        "training.recompute=full",
    ),
    ("gpt3-175b-1024-a100", "parallelism.sharding=optimizer"),
]


@pytest.fixture
def one_accelerator(tmp_path: Path) -> Result:
    """A step on a node written out, with neither run nor site nor price."""
    file = tmp_path / "one.yaml"
    file.write_text(
        """\
format: 1
kind: training
name: One
model: gpt-1.7b
software: megatron-lm-2021
cluster:
  count: 1
  accelerator: nvidia-a100-sxm-80gb
  per_node: 1
  scale_up: 1
  network: ib-hdr-8x200
training:
  tokens: 1 B tokens
  sequence_length: 2048
  global_batch: 8
  micro_batch: 1
  precision: bf16
  recompute: full
""",
        encoding="utf-8",
    )
    return simulator.run(file)


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_screen_keeps_to_its_size(variant: tuple[str, ...], result_of: ResultOf) -> None:
    result = result_of(*variant)
    written = result.with_files(
        ["summary.json", "scenario.resolved.yaml", "events.parquet", "trace.json.gz", "run.csv"]
    )
    lines = screen(written, folder=Path("results/some-run"), command=COMMAND).splitlines()
    assert len(lines) <= HEIGHT
    assert max(map(len, lines)) <= WIDTH


@pytest.mark.parametrize("variant", VARIANTS)
def test_printed_shares_add_up_to_100(variant: tuple[str, ...], result_of: ResultOf) -> None:
    text = screen(result_of(*variant))
    shares = re.findall(r"(?:^  where the step goes| {20}|[█▏▎▍▌▋▊▉]) +([0-9]+\.[0-9]) %", text, re.MULTILINE)
    assert len(shares) >= 2
    assert sum(round(10 * float(share)) for share in shares) == 1000


@pytest.mark.parametrize("variant", VARIANTS)
def test_what_the_last_line_proposes_runs(variant: tuple[str, ...], result_of: ResultOf) -> None:
    scenario, *changes = variant
    base = ["scalewall", "run", scenario, *(word for change in changes for word in ("--set", change))]
    last = screen(result_of(*variant), command=base).splitlines()[-1].split(maxsplit=1)[1]
    options = shlex.split(last)[shlex.split(last).index("--set") :]
    proposed = [*changes, *(word for word in options if word != "--set")]
    assert simulator.run(scenario, set=list(dict.fromkeys(proposed))).summary["step"]["time"] > 0


def test_the_answer_stands_on_line_3(quickstart: Result) -> None:
    third = screen(quickstart).splitlines()[2]
    assert re.match(r"  wall clock +\S+ \S+ +\(80 % interval \S+ \S+\) +cost  \$", third)


def test_a_step_without_run_is_the_answer(one_accelerator: Result) -> None:
    text = screen(one_accelerator, command=COMMAND)
    lines = text.splitlines()
    assert lines[0].startswith("One · 1 × NVIDIA A100 SXM 80 GB (1 node)")
    assert lines[2].startswith("  step time ")
    assert "80 % interval" in lines[2]
    assert not re.search("wall clock|cost|energy|carbon|goodput", text)


def test_without_site_and_price_there_is_no_energy_and_no_cost(tmp_path: Path) -> None:
    source = Path(simulator.__file__).parents[1] / "scenarios" / "training" / "quickstart.yaml"
    lines = source.read_text(encoding="utf-8").splitlines(keepends=True)
    file = tmp_path / "bare.yaml"
    file.write_text("".join(line for line in lines if not re.match("site|price", line)), encoding="utf-8")
    text = screen(simulator.run(file))
    assert "wall clock" in text
    assert not re.search("cost|energy|carbon", text)


def test_mfu_is_printed_with_peak_precision_and_definition(llama: Result) -> None:
    assert "model FLOPs = 6N + 12·layers·sequence·width, 989 TFLOP/s dense bf16" in screen(llama)


def test_uneven_stages_are_named(llama: Result, quickstart: Result) -> None:
    assert "7 on stage 0, 8 on stages 1–14, 7 on stage 15" in screen(llama)
    assert "on stage" not in screen(quickstart)


def test_a_long_name_gives_way_to_the_seed(result_of: ResultOf) -> None:
    title = screen(result_of("quickstart", f"name={'very ' * 30}long", "seed=7")).splitlines()[0]
    assert len(title) == WIDTH
    assert title.endswith("…  seed 7")


def test_colour_changes_no_character(quickstart: Result) -> None:
    painted = screen(quickstart, Terminal(colour=True))
    assert "\x1b[" in painted
    assert re.sub(r"\x1b\[\d+m", "", painted) == screen(quickstart)


def test_a_terminal_without_unicode_gets_ascii(llama: Result) -> None:
    text = screen(llama, Terminal(encoding="ascii"))
    assert text.isascii()
    assert "?" not in text
    assert [len(line) for line in text.splitlines()] == [len(line) for line in screen(llama).splitlines()]
