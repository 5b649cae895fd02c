"""Tables that cannot be used say where and why."""

import gzip
from pathlib import Path

import pytest

from simulator.calibration.tables import enough, read_table
from simulator.catalogue.problems import SpecError

HEAD = "dtype,m,n,k,seconds"
MOE = "dtype,hidden,expert_ffn,experts,top_k,tensor,expert,routing,tokens,seconds"
ATTENTION = "phase,attn_dtype,kv_dtype,head_dim,heads,kv_heads,batch_size,query_tokens,kv_tokens,seconds"


def refusal(path: Path) -> str:
    with pytest.raises(SpecError) as refused:
        read_table(path, "gemm")
    return str(refused.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "columns are missing for a table of gemm times: dtype, m, n, k, seconds"),
        ("dtype,m,n,seconds\nbf16,1,1,1\n", ":1:1: columns are missing for a table of gemm times: k"),
        (f"{HEAD}\nbf16,1,1,1,-1e-5\n", ":2:1: `seconds` is -1e-5, a positive number is due"),
        (f"{HEAD}\nbf16,1,1,1,1e-5\nbf16,1,1,1,nan\n", ":3:1: `seconds` is nan"),
        (f"{HEAD}\nbf16,1,1,1,inf\n", "`seconds` is inf"),
        (f"{HEAD}\nbf16,0,1,1,1\n", "`m` is 0"),
        (f"{HEAD}\nbf16,many,1,1,1\n", "`m` is `many`, a number is due"),
        (f"{HEAD}\nbf16,1,1\n", "`k` is ``, a number is due"),
        (f"{MOE}\nbf16,1,1,1,1,1,1,even,1,1\n", "`routing` is `even`, `balanced` or `power_law_`"),
        (f"{ATTENTION}\nprefill,bf16,bf16,1,1,1,1,1,1,1\n", "`phase` is `prefill`, `context`, `backward` or"),
    ],
)
def test_what_is_wrong_in_a_table_is_named_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    assert said in refusal(path)


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(f"{HEAD}\nbf16,0,1,1,1\nbf16,1,0,1,1\n", encoding="utf-8")
    assert "2 errors. Nothing was run." in refusal(path)


def test_files_that_are_no_tables_are_refused(tmp_path: Path) -> None:
    whole = gzip.compress((f"{HEAD}\n" + "bf16,1,1,1,1\n" * 500).encode())
    cut, spoilt, binary = (tmp_path / name for name in ("cut.csv.gz", "spoilt.csv.gz", "binary.csv"))
    cut.write_bytes(whole[: len(whole) // 2])
    spoilt.write_bytes(whole[:20] + b"\xff" * 20 + whole[40:])
    binary.write_bytes(bytes(range(256)))
    for path in (cut, spoilt, binary, tmp_path, tmp_path / "none.csv"):
        assert "cannot be read: " in refusal(path)


def test_the_mark_that_spreadsheets_put_in_front_is_no_part_of_a_name(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(f"{HEAD}\nbf16,1,2,3,4e-6\n", encoding="utf-8-sig")
    (row,) = read_table(path)
    assert (row.kind, row.numbers, row.seconds) == ("gemm", {"m": 1.0, "n": 2.0, "k": 3.0}, 4e-6)


def test_ten_rows_are_too_few(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(f"{HEAD}\n" + "bf16,1,2,3,4e-6\n" * 10, encoding="utf-8")
    with pytest.raises(SpecError, match="10 rows of bf16 are too few to fit; 20 is the least"):
        enough(read_table(path), path, "bf16")
