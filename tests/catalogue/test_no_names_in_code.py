"""No Python branches on the name of a chip, model, system, network or stack: they live in YAML only."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.catalogue.catalogue import Catalogue

PACKAGE = Path(__file__).resolve().parents[2] / "simulator"
KINDS = ("accelerator", "model", "software", "system", "network")


def names() -> set[str]:
    catalogue = Catalogue()
    entries = [catalogue.load(kind, id) for kind in KINDS for id in catalogue.ids(kind)]
    # An alias of a network may be its technology (`roce`), which the spec lists.
    ids = {e.id for e in entries} | {
        alias for e in entries if e.kind != "network" for alias in e.spec.aliases
    }
    families = {catalogue.load("accelerator", id).spec.family for id in catalogue.ids("accelerator")}
    return ids | families | {"nvidia", "nvlink", "megatron", "deepspeed", "llama"}


def texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Names and strings of code; a string that stands alone, or fills several lines, is read by people."""
    documentation = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            if "\n" not in node.value:
                yield node.lineno, node.value
        elif isinstance(node, ast.Name):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute):
            yield node.lineno, node.attr


KNOWN = re.compile(
    r"(?<![a-z0-9])(" + "|".join(map(re.escape, sorted(names(), key=len, reverse=True))) + r")(?![a-z0-9])"
)


@pytest.mark.parametrize(
    "text", ['x == "nvidia-h100-sxm-80gb"', "is_h100 = True; is_h100", 'f"{x} megatron-lm-2021"']
)
def test_the_search_finds_names(text: str) -> None:
    assert [found for _, word in texts(ast.parse(text)) for found in KNOWN.findall(word.lower())]


def test_no_code_knows_a_part() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}:{line}: {text}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for line, text in texts(ast.parse(path.read_text(encoding="utf-8")))
        if KNOWN.search(text.lower())
    ]
    assert found == []
