"""A sink that keeps every row, as columns."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from simulator.record.row import Row

if TYPE_CHECKING:
    import pandas as pd


class Table:
    """Rows in the order in which they were taken.

    Examples
    --------
    >>> table = Table()
    >>> table.take([Row("compute", "qkv", "stage 0", 8, "compute", "", 0, -1, 0.0, 1.0, 1, 0, 0, 0, 1, -1)])
    >>> len(table), table.where(kind="compute")[0].name
    (1, 'qkv')
    """

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self._rows: list[Row] = list(rows)

    def take(self, rows: Iterable[Row]) -> None:
        """Add rows."""
        self._rows.extend(rows)

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows."""
        return tuple(self._rows)

    def where(self, **fields: object) -> list[Row]:
        """Rows whose fields equal the ones given."""
        return [row for row in self._rows if all(getattr(row, key) == value for key, value in fields.items())]

    def frame(self) -> "pd.DataFrame":
        """The table as a DataFrame with one column a field of `Row`."""
        import pandas as pd  # pandas takes half a second to import and only this view needs it

        return pd.DataFrame(self._rows, columns=list(Row._fields))
