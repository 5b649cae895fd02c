"""What happens to each request, noted as it happens."""

from collections.abc import Iterator

from simulator.record.row import Row
from simulator.serving.traffic import Requests


class Ledger:
    """Times of every request [s]; −1 for what has not happened.

    Attributes
    ----------
    arrival, start, first, end : list of float
        Arrival, begin of the first prompt iteration, first and last token of the answer.
    replica : list of int
        Where the answer was made.
    stretches : list of tuple
        Iterations of an engine: replica, kind, start, duration of one, how many, sequences, tokens.
    """

    def __init__(self, requests: Requests) -> None:
        count = len(requests)
        self.prompt: list[int] = requests.prompt.tolist()
        self.answer: list[int] = requests.answer.tolist()
        self.arrival = [-1.0] * count
        self.start = [-1.0] * count
        self.first = [-1.0] * count
        self.end = [-1.0] * count
        self.replica = [-1] * count
        self.stretches: list[tuple[int, str, float, float, int, int, int]] = []

    def rows(self) -> Iterator[Row]:
        """The event record: iterations by engine, then queueing, prompt and answer of each request."""
        for replica, kind, start, duration, repeat, sequences, tokens in self.stretches:
            yield Row(kind, kind, "scheduler", 1, "engine", "", 0, replica, start, duration, repeat, 0.0, 0.0,
                      float(tokens), sequences, -1)  # fmt: skip
        for index, arrived in enumerate(self.arrival):
            replica, begin, first, end = (
                self.replica[index],
                self.start[index],
                self.first[index],
                self.end[index],
            )
            for kind, start, stop, tokens in (
                ("queue", arrived, begin, 0),
                ("prompt", begin, first, self.prompt[index]),
                ("answer", first, end, self.answer[index]),
            ):
                yield Row(kind, kind, "request", 1, "request", "", 0, replica, start, stop - start, 1, 0.0, 0.0,
                          float(tokens), 1, index)  # fmt: skip
