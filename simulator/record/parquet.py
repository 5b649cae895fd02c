"""Writes the record as Parquet, the same bytes for the same rows."""

from pathlib import Path

from simulator.record.row import Row
from simulator.record.table import Table


def write_parquet(table: Table, path: Path) -> None:
    """Write all rows of a table; an existing file is replaced."""
    import duckdb  # a fifth of a second to import, and only this function needs it
    import numpy as np

    types = {field: type_.__name__ for field, type_ in Row.__annotations__.items()}
    numpy_types = {"str": object, "int": np.int64, "float": np.float64}
    columns = {
        field: np.asarray(values, dtype=numpy_types[types[field]])
        for field, values in zip(Row._fields, zip(*table.rows, strict=True), strict=True)
    }
    with duckdb.connect() as connection:
        connection.execute("SET threads TO 1")  # the order of row groups must not depend on the machine
        connection.register("record", columns)
        connection.table("record").write_parquet(str(path), compression="zstd")
