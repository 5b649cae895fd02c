"""The table of the record, and its Parquet file."""

from pathlib import Path

import duckdb

from simulator.record.parquet import write_parquet
from simulator.record.row import BUCKETS, Row
from simulator.record.table import Table

ROW = Row("compute", "qkv", "stage 0", 8, "compute", "", 0, -1, 0.5, 1.0, 2, 3.0, 4.0, 5.0, 1, -1)
TABLE = Table([ROW, ROW._replace(name="mlp", stage=1), ROW._replace(kind="host", start=0.1 + 0.2)])


def test_rows_stay_in_order() -> None:
    table = Table()
    table.take(TABLE.rows[:1])
    table.take(TABLE.rows[1:])
    assert table.rows == TABLE.rows
    assert len(table) == 3


def test_where_all_fields_match() -> None:
    assert TABLE.where(kind="compute", stage=1) == [TABLE.rows[1]]
    assert TABLE.where(kind="bubble") == []


def test_a_frame_has_one_column_a_field() -> None:
    frame = TABLE.frame()
    assert list(frame.columns) == list(Row._fields)
    assert list(frame.itertuples(index=False, name=None)) == [tuple(row) for row in TABLE.rows]


def test_parquet_reads_back_exactly(tmp_path: Path) -> None:
    write_parquet(TABLE, tmp_path / "events.parquet")
    with duckdb.connect() as connection:
        read = connection.read_parquet(str(tmp_path / "events.parquet"))
        assert read.columns == list(Row._fields)
        assert read.fetchall() == [tuple(row) for row in TABLE.rows]


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_parquet(TABLE, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_compute_comes_first_and_the_bubble_takes_what_is_left() -> None:
    assert (BUCKETS[0], BUCKETS[-1]) == ("compute", "bubble")
