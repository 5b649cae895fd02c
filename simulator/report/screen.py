"""The first screen: what a training run takes and costs, where the time goes, and how far to trust it."""

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from simulator.cost.formats import FORMATS
from simulator.report.lever import lever
from simulator.report.loss import LABELS, largest_loss
from simulator.report.shares import bar, rounded_shares
from simulator.report.terminal import Style, Terminal
from simulator.report.title import plan_line, title_line
from simulator.report.wording import layers_by_stage, percent, quantity_span, wrapped
from simulator.result.result import Result
from simulator.units import show

WIDTH = 100
"""Columns of the screen [characters]."""
HEIGHT = 24
"""Lines of the screen [1]."""

_LABEL = 22
_SECOND = 42
_BAR = 16
_ROOM = WIDTH - _LABEL - 2


def screen(
    result: Result,
    terminal: Terminal | None = None,
    folder: Path | None = None,
    command: Sequence[str] = (),
) -> str:
    """Write the first screen of a training result.

    Parameters
    ----------
    result : Result
        The result.
    terminal : Terminal, optional
        What is written to; plain UTF-8 text if left out.
    folder : Path, optional
        Where the run folder was written; not mentioned if left out.
    command : sequence of str
        The command that led here, to which the last line adds something to try; no such line if left out.

    Returns
    -------
    str
        At most `HEIGHT` lines of at most `WIDTH` characters; only a folder's path may be longer.
    """
    terminal = terminal or Terminal()
    lines = [
        terminal.paint(title_line(result, WIDTH), "strong"),
        terminal.paint(plan_line(result, WIDTH), "dim"),
        *_answer(result, terminal),
        *_step(result, terminal),
        "",
        *_breakdown(result, terminal),
        *_loss(result),
        "",
        *_memory(result),
        *_layers(result),
        "",
        *_files(result, folder),
        *_next(result, command),
    ]
    while lines[-1] == "":
        lines.pop()
    return terminal.printable("\n".join(lines) + "\n")


def _row(label: str, first: str, second: str = "") -> str:
    return f"  {label:<{_LABEL}}{f'{first:<{_SECOND}}  {second}' if second else first}".rstrip()


def _answer(result: Result, terminal: Terminal) -> Iterator[str]:
    """How long, how much, how much energy; nothing for a step without a run."""
    run, intervals = result.summary["run"], result.summary["intervals"]
    if run is None:
        return
    duration = quantity_span(intervals["run.wall_clock"], "duration")
    first = f"{show(run['wall_clock'], 'duration')}  (80 % interval {duration})"
    cost = ""
    if run["cost"] is not None:
        cost = f"cost  {show(run['cost'], 'money')}  ({quantity_span(intervals['run.cost'], 'money')})"
    yield terminal.paint(_row("wall clock", first, cost), "strong")
    if run["energy"] is not None:
        energy = f"{show(run['energy'], 'energy')}  ({quantity_span(intervals['run.energy'], 'energy')})"
        yield _row("energy", energy, f"carbon  {show(run['carbon'], 'carbon')}")
    stopped = run["interruptions"]
    count = f"{stopped:,} interruption{'' if stopped == 1 else 's'}"
    often = f", one every {show(run['wall_clock'] / stopped, 'duration')}" if stopped > 1 else ""
    yield _row("goodput", f"{percent(run['goodput'])} of the wall clock, {count}{often}")


def _step(result: Result, terminal: Terminal) -> Iterator[str]:
    """Step time, rate and utilisation, with what the utilisation is measured against."""
    step, intervals = result.summary["step"], result.summary["intervals"]
    training, compute = result.resolved.scenario.training, result.resolved.accelerator.compute
    # Without a run the step is the answer.
    answer = result.summary["run"] is None
    interval = quantity_span(intervals["step.time"], "duration")
    first = f"{show(step['time'], 'duration')}  ({'80 % interval ' if answer else ''}{interval})"
    line = _row("step time", first, f"{show(step['tokens_per_second'], 'tokens')}/s")
    yield terminal.paint(line, "strong") if answer else line
    low, _, high = intervals["step.mfu"]
    hfu = "" if step["hfu"] == step["mfu"] else f"HFU  {percent(step['hfu'])}, with recomputation"
    yield _row("MFU", f"{percent(step['mfu'])}  ({percent(low)[:-2]}–{percent(high)})", hfu)
    peak = show(compute.peak[FORMATS[training.precision].peak], "flop_rate")
    model_flops = f"{4 if training.lora else 6}N + 12·layers·sequence·width"
    yield _row("", f"model FLOPs = {model_flops}, {peak} dense {training.precision}")


def _breakdown(result: Result, terminal: Terminal) -> Iterator[str]:
    """Shares of the step as bars, two a line."""
    shares = rounded_shares(result.summary["step"]["breakdown"])
    cells = []
    for name, share in shares.items():
        drawn = bar(share, _BAR)
        style: Style = "compute" if name == "compute" else "loss"
        padding = " " * (_BAR - len(drawn))
        cells.append(f"{LABELS[name]:<11}{terminal.paint(drawn, style)}{padding} {share:>5.1f} %")
    for index in range(0, len(cells), 2):
        label = "where the step goes" if index == 0 else ""
        yield f"  {label:<{_LABEL}}{'    '.join(cells[index : index + 2])}"


def _loss(result: Result) -> Iterator[str]:
    loss = largest_loss(result)
    whole = "step" if result.summary["run"] is None else "run"
    yield _row("largest loss", f"{percent(loss.share)} of the {whole}: {loss.words}")


def _memory(result: Result) -> Iterator[str]:
    """The fullest stage by kind, against what the accelerator has."""
    kinds = result.summary["step"]["memory"]
    capacity = result.resolved.accelerator.memory.capacity
    total = sum(kinds.values())
    used = f"{show(total, 'bytes')} of {show(capacity, 'bytes')}"
    yield _row("memory, fullest stage", f"{used}, {show(capacity - total, 'bytes')} free")
    largest = sorted(kinds.items(), key=lambda item: -item[1])
    for line in wrapped([f"{kind} {show(size, 'bytes')}" for kind, size in largest if size], " · ", _ROOM):
        yield _row("", line)


def _layers(result: Result) -> Iterator[str]:
    plan = result.plan
    words = layers_by_stage([plan.stage_layers(stage) for stage in range(plan.pipeline)])
    if words:
        yield _row("layers", words if len(words) <= _ROOM else words[: _ROOM - 1] + "…")


def _files(result: Result, folder: Path | None) -> Iterator[str]:
    if folder is None:
        return
    yield _row("written", f"{folder}/")
    first, *more = wrapped(result.summary["files"], "  ", _ROOM - len(" and 99 more"))
    left = sum(len(line.split("  ")) for line in more)
    yield _row("", f"{first} and {left} more" if left else first)


def _next(result: Result, command: Sequence[str]) -> Iterator[str]:
    """Something to type: a change against the largest loss."""
    if not command:
        return
    options = [word for option in lever(result, largest_loss(result)) for word in ("--set", option)]
    line = shlex.join([*command, *options]) if options else "scalewall validate"
    if len(line) > _ROOM:
        line = f"the same with {shlex.join(options)}" if options else line
    yield _row("next", line)
