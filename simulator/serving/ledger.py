"""What happens to each request and engine, noted as it happens."""

from array import array
from collections.abc import Iterator
from typing import Protocol

from simulator.record.row import Row
from simulator.record.sketch import Sketch
from simulator.serving.request import Request
from simulator.serving.traffic import Requests

KINDS = ("prompts", "answers")
"""What an engine does: iterations with prompts, and with answers alone."""
PROMPTS, ANSWERS = 0, 1
"""Their numbers."""
WIDTH = 8
"""Numbers of a stretch."""


class Record(Protocol):
    """What takes notes of a simulation."""

    def stretch(
        self,
        replica: int,
        kind: int,
        start: float,
        each: float,
        repeat: int,
        sequences: int,
        tokens: int,
        held: float,
    ) -> None:
        """Note iterations that are alike, with the tokens in use in the cache at their end."""

    def close(self, request: Request) -> None:
        """Note a request that is done."""


class Ledger:
    """Everything that happened; times in seconds, −1 for what has not happened.

    Attributes
    ----------
    arrival, start, first, end : array of float
        Arrival, begin of the first prompt iteration, first and last token of the answer, by request [s].
    prompt, answer, hit : array of int
        Lengths, and what of the prompt was found in a cache [tokens].
    replica, preempted : array of int
        Where the answer was made, and how often the cache was taken away.
    """

    def __init__(self, requests: Requests) -> None:
        count = len(requests)
        self.arrival, self.start, self.first, self.end = (array("d", [-1.0]) * count for _ in range(4))
        self.prompt, self.answer, self.hit = (array("q", [0]) * count for _ in range(3))
        self.replica, self.preempted = array("i", [-1]) * count, array("i", [0]) * count
        self._flat = array("d")

    def stretch(
        self,
        replica: int,
        kind: int,
        start: float,
        each: float,
        repeat: int,
        sequences: int,
        tokens: int,
        held: float,
    ) -> None:
        """Note iterations that are alike, with the tokens in use in the cache at their end."""
        self._flat.extend((replica, kind, start, each, repeat, sequences, tokens, held))

    def close(self, request: Request) -> None:
        """Note a request that is done."""
        number = request.number
        self.arrival[number] = request.arrival
        self.start[number] = request.start
        self.first[number] = request.first
        self.end[number] = request.end
        self.prompt[number] = request.prompt
        self.answer[number] = request.answer
        self.hit[number] = max(0, request.hit)
        self.replica[number] = request.replica
        self.preempted[number] = request.preempted

    @property
    def stretches(self) -> list[tuple[int, str, float, float, int, int, int]]:
        """Iterations of the engines: replica, kind, start, duration of one, how many, sequences, tokens."""
        return [
            (int(replica), KINDS[int(kind)], start, each, int(repeat), int(sequences), int(tokens))
            for replica, kind, start, each, repeat, sequences, tokens, _ in self.flat()
        ]

    def flat(self) -> Iterator[tuple[float, ...]]:
        """Stretches as they were noted, with the tokens held at the end of each."""
        columns = [iter(self._flat)] * WIDTH
        return zip(*columns, strict=True)

    def rows(self) -> Iterator[Row]:
        """The event record: iterations by engine, then queueing, prompt and answer of each request."""
        for replica, kind, start, duration, repeat, sequences, tokens in self.stretches:
            yield Row(kind, kind, "scheduler", 1, "engine", "", 0, replica, start, duration, repeat, 0.0, 0.0,
                      float(tokens), sequences, -1)  # fmt: skip
        columns = (self.replica, self.arrival, self.start, self.first, self.end, self.prompt, self.answer)
        for index, (replica, arrived, begin, first, end, prompt, answer) in enumerate(
            zip(*columns, strict=True)
        ):
            for kind, start, stop, tokens in (
                ("queue", arrived, begin, 0),
                ("prompt", begin, first, prompt),
                ("answer", first, end, answer),
            ):
                yield Row(kind, kind, "request", 1, "request", "", 0, replica, start, stop - start, 1,
                          0.0, 0.0, float(tokens), 1, index)  # fmt: skip


class Percentiles:
    """Distributions and sums alone, in memory that does not grow with the number of requests.

    Attributes
    ----------
    ttft, tpot, e2e, queue : Sketch
        Time to the first token, of a further token, to the last, and until the first prompt iteration [s].
    prompt, answer, hit : int
        Tokens of all requests together, and those found in a cache [tokens].
    busy : dict of str to float
        Time of all engines together by what they do [s].
    begin, end : float
        First arrival and last token [s].
    """

    def __init__(self, warm_up: int = 0) -> None:
        self.warm_up = warm_up
        self.ttft, self.tpot, self.e2e, self.queue = (Sketch() for _ in range(4))
        self.prompt = self.answer = self.hit = self.preempted = 0
        self.busy = dict.fromkeys(KINDS, 0.0)
        self.begin, self.end = float("inf"), 0.0

    def stretch(
        self,
        replica: int,
        kind: int,
        start: float,
        each: float,
        repeat: int,
        sequences: int,
        tokens: int,
        held: float,
    ) -> None:
        """Note iterations that are alike."""
        self.busy[KINDS[kind]] += each * repeat

    def close(self, request: Request) -> None:
        """Note a request that is done."""
        if request.number < self.warm_up:
            return
        self.queue.add(request.start - request.arrival)
        self.ttft.add(request.first - request.arrival)
        self.e2e.add(request.end - request.arrival)
        if request.answer > 1:
            self.tpot.add((request.end - request.first) / (request.answer - 1))
        self.prompt += request.prompt
        self.answer += request.answer
        self.hit += max(0, request.hit)
        self.preempted += request.preempted
        self.begin = min(self.begin, request.arrival)
        self.end = max(self.end, request.end)
