"""Files that can and cannot be read."""

import os
from pathlib import Path

import pytest

from simulator.catalogue.problems import Problem, SpecError
from simulator.catalogue.reader import read


def problem(path: Path) -> Problem:
    with pytest.raises(SpecError) as caught:
        read(path)
    return caught.value.problems[0]


def bad(tmp_path: Path, content: str | bytes) -> Problem:
    file = tmp_path / "bad.yaml"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return problem(file)


def test_values_and_places(tmp_path: Path) -> None:
    file = tmp_path / "good.yaml"
    file.write_text("# first\na: 1e9\nb:\n  c: [no, 3.35 TB/s]\nd: 'true'\ne:\n")
    document = read(file)
    assert document.data == {"a": 10**9, "b": {"c": ["no", "3.35 TB/s"]}, "d": "true", "e": None}
    assert (document.keys[("b", "c")].line, document.keys[("b", "c")].column) == (4, 3)
    assert (document.values[("b", "c", 1)].line, document.values[("b", "c", 1)].column) == (4, 11)
    assert len(document.source.sha256) == 64


def test_small_number_of_aliases_is_read(tmp_path: Path) -> None:
    file = tmp_path / "good.yaml"
    file.write_text("a: &x {b: 1}\nc: *x\n")
    assert read(file).data == {"a": {"b": 1}, "c": {"b": 1}}


def test_missing(tmp_path: Path) -> None:
    assert problem(tmp_path / "none.yaml").message == "no such file"


def test_directory(tmp_path: Path) -> None:
    assert problem(tmp_path).message.startswith("is a directory")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read anything")
def test_unreadable(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("a: 1")
    file.chmod(0)
    assert "may not be read" in problem(file).message


def test_permission_denied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("a: 1")

    def refuse(*args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert "may not be read" in problem(file).message


def test_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    assert "not a regular file" in problem(tmp_path / "pipe.yaml").message


@pytest.mark.parametrize("content", ["", "\n\n", "# only a comment\n"])
def test_empty(tmp_path: Path, content: str) -> None:
    assert "is empty" in bad(tmp_path, content).message


@pytest.mark.parametrize("content", ["- a\n- b\n", "just text\n", "3\n"])
def test_no_mapping(tmp_path: Path, content: str) -> None:
    assert "block of `key: value` lines" in bad(tmp_path, content).message


def test_not_utf8(tmp_path: Path) -> None:
    found = bad(tmp_path, "name: a\nnote: caf\xe9\n".encode("latin-1"))
    assert (found.line, found.column) == (2, 10)
    assert "UTF-8" in found.message


def test_utf16(tmp_path: Path) -> None:
    assert "UTF-8" in bad(tmp_path, "name: a\n".encode("utf-16")).message


def test_too_large(tmp_path: Path) -> None:
    assert "larger than 1 MB" in bad(tmp_path, "a: " + "x" * 1_000_001).message


def test_duplicate_key(tmp_path: Path) -> None:
    found = bad(tmp_path, "a: 1\nb: 2\na: 3\n")
    assert (found.message, found.line) == ("duplicate key `a`", 3)
    assert "line 1" in found.hint


def test_bomb(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    assert "values" in bad(tmp_path, "\n".join(lines)).message


def test_block_that_contains_itself(tmp_path: Path) -> None:
    assert "deep" in bad(tmp_path, "a: &a\n  b: *a\n").message


@pytest.mark.parametrize("content", ["a: " + "[" * 5000, "a: " + "[" * 100 + "]" * 100])
def test_too_deep(tmp_path: Path, content: str) -> None:
    assert "deep" in bad(tmp_path, content).message


def test_tag(tmp_path: Path) -> None:
    assert "tag" in bad(tmp_path, "a: !!python/object:os.system ls\n").message


def test_merge_key(tmp_path: Path) -> None:
    assert "`extends:`" in bad(tmp_path, "a: &x {b: 1}\nc:\n  <<: *x\n").message


def test_tab(tmp_path: Path) -> None:
    found = bad(tmp_path, "a:\n\tb: 1\n")
    assert found.line == 2
    assert "tab" in found.message


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("a: b: c\n", 1, "second `: `"),
        ("a: 1\n---\nb: 2\n", 2, "second document"),
        ("a: *b\n", 1, "undefined alias"),
        ("a: [1, 2\n", 2, "not YAML"),
        ("a: 1\nb\nc: 2\n", 3, "without `:`"),
        ('a: "\\ud800"\n', 1, "surrogate"),
    ],
)
def test_syntax(tmp_path: Path, content: str, line: int, words: str) -> None:
    found = bad(tmp_path, content)
    assert found.line == line
    assert words in found.message


def test_control_character(tmp_path: Path) -> None:
    assert "not YAML" in bad(tmp_path, "a: \x01\n").message


def test_path_is_printed_relative_to_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert problem(tmp_path / "sub" / "none.yaml").file == "sub/none.yaml"
