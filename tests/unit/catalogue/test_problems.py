"""How problems are printed."""

from simulator.catalogue.problems import Problem, SpecError


def test_format_is_that_of_the_house() -> None:
    error = SpecError(
        Problem("a.yaml", "unknown key `tensr`", 14, 3, "  tensr: 8", 5, "did you mean `tensor`?"),
        Problem("b.yaml", "`bandwidth: 3.35 TBs`: unknown unit `TBs`, did you mean `TB/s`?", 8, 14),
        Problem("--set run=1", "a block is due", hint="remove it"),
    )
    assert str(error) == (
        "error: a.yaml:14:3: unknown key `tensr`\n"
        "   14 |   tensr: 8\n"
        "      |   ^^^^^ did you mean `tensor`?\n"
        "error: b.yaml:8:14: `bandwidth: 3.35 TBs`: unknown unit `TBs`, did you mean `TB/s`?\n"
        "error: --set run=1: a block is due; remove it\n"
        "3 errors. Nothing was run."
    )


def test_one_error_is_singular_and_warnings_are_not_counted() -> None:
    error = SpecError(Problem("a", "x"), Problem("a", "y", severity="warning"))
    assert str(error).endswith("\nwarning: a: y\n1 error. Nothing was run.")


def test_excerpt_of_a_minified_file_stays_short() -> None:
    line = "{" + "a: 1, " * 1000 + "tensr: 8}"
    printed = str(Problem("a", "unknown key", 1, line.index("tensr") + 1, line, 5))
    _, excerpt, mark = printed.splitlines()
    assert len(excerpt) < 120
    assert excerpt[mark.index("^") :].startswith("tensr")


def test_control_characters_do_not_reach_the_terminal() -> None:
    assert "\x1b" not in str(Problem("a", "x", 1, 1, "a: \x1b[31m", 1))


def test_flood_is_cut() -> None:
    assert "… and 70 more" in str(SpecError(*[Problem("a", str(i)) for i in range(100)]))
