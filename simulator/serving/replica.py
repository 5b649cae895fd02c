"""One scheduler of a serving engine: admits requests, batches them, and makes their tokens."""

from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any

import simpy

from simulator.serving.iteration import IterationCost
from simulator.serving.ledger import Ledger
from simulator.spec.engine import Scheduler


@dataclass(frozen=True, slots=True)
class Limits:
    """What a scheduler may hold.

    Attributes
    ----------
    tokens, sequences : int
        Most tokens of an iteration, most sequences in progress [1].
    cache : int
        Tokens that the cache holds [tokens].
    """

    tokens: int
    sequences: int
    cache: int


class Replica:
    """A scheduler on a SimPy clock.

    Between two arrivals or ends nothing about the batch changes but the length of the caches, so iterations
    that only decode are one event for as many as are alike.

    Parameters
    ----------
    env : simpy.Environment
        The clock.
    number : int
        Its number in the fleet.
    scheduler : Scheduler
        Rules of the engine.
    limits : Limits
        Room for tokens, sequences and cache.
    cost : IterationCost
        Time of an iteration.
    ledger : Ledger
        Where the times of requests are noted.
    done : callable
        Told the number of each request that is done.
    only : str
        `prompts` or `answers` for an instance of a pool that does only these; empty for both.
    """

    def __init__(
        self,
        env: simpy.Environment,
        number: int,
        scheduler: Scheduler,
        limits: Limits,
        cost: IterationCost,
        ledger: Ledger,
        done: Callable[[int], None],
        only: str = "",
    ) -> None:
        self.env = env
        self.number = number
        self.scheduler = scheduler
        self.limits = limits
        self.cost = cost
        self.ledger = ledger
        self.done = done
        self.only = only
        self.in_progress = 0
        self.most_cached = 0
        self.waiting: deque[int] = deque()
        self.prompts: deque[list[int]] = deque()
        """Request, tokens of its prompt still to do, tokens done."""
        self.running: list[tuple[int, int, int]] = []
        """Iteration after which a request is done, request, tokens it made before it was interrupted."""
        self.iteration = 0
        self.cached = 0
        self.reserved = 0
        self._made: dict[int, int] = {}
        """Tokens that requests had made when their cache was taken away."""
        self._asleep: simpy.Event | None = None
        self._stretch: tuple[float, float, int] | None = None
        env.process(self._work())

    def submit(self, request: int) -> None:
        """Queue a request, and wake the engine at the end of its present iteration."""
        self.waiting.append(request)
        self.in_progress += 1
        if self._asleep is not None and not self._asleep.triggered:
            self._asleep.succeed()
        elif self._stretch is not None and self._has_room(request):
            start, each, count = self._stretch
            whole = min(count, int((self.env.now - start) / each) + 1)
            if whole < count:
                self._stretch = None
                self._alarm(start + whole * each - self.env.now, whole)

    def _has_room(self, request: int) -> bool:
        return (
            len(self.running) + len(self.prompts) < self.limits.sequences
            and self.cached + self.ledger.prompt[request] <= self.limits.cache
        )

    def _alarm(self, delay: float, iterations: int) -> None:
        """End the present stretch earlier than planned."""
        wake = self._wake
        timer = simpy.Timeout(self.env, max(0.0, delay), iterations)

        def ring(event: simpy.Event) -> None:
            if not wake.triggered:
                wake.succeed(event.value)

        timer.callbacks.append(ring)

    def _work(self) -> Generator[simpy.Event, Any, None]:
        while True:
            self._admit()
            if self.prompts:
                yield from self._prompt_iteration()
            elif self.running:
                yield from self._decode_stretch()
            else:
                self._asleep = simpy.Event(self.env)
                yield self._asleep
                self._asleep = None

    def _admit(self) -> None:
        """Take requests in order, as long as there is room."""
        ledger, limits = self.ledger, self.limits
        if self.scheduler.policy == "static" and (self.running or self.prompts):
            return
        keep = self.scheduler.watermark * limits.cache
        while self.waiting and len(self.running) + len(self.prompts) < limits.sequences:
            request = self.waiting[0]
            made = self._made.get(request, 0)
            length = ledger.prompt[request] + made
            needs = length + (ledger.answer[request] - made if self.scheduler.reserves else 0)
            taken = self.reserved if self.scheduler.reserves else self.cached
            idle = not self.running and not self.prompts
            if taken + needs > limits.cache - keep and not idle:
                return
            self.waiting.popleft()
            self.reserved += needs
            self.cached += length
            if self.only == "answers":
                self._start(request, 1)
            else:
                self.prompts.append([request, length, 0])

    def _prompt_iteration(self) -> Generator[simpy.Event, Any, None]:
        """One iteration with prompts, and the sequences that decode beside them."""
        mixed = self.scheduler.policy == "mixed"
        decoding = len(self.running) if mixed else 0
        room = max(1, self.limits.tokens - decoding)
        attention, tokens, finished = 0.0, 0, []
        start = self.env.now
        while self.prompts and room > 0:
            entry = self.prompts[0]
            request, left, before = entry
            if self.ledger.start[request] < 0.0:
                self.ledger.start[request] = start
            if left > room and tokens and not self.scheduler.chunked:
                break
            new = min(left, room) if self.scheduler.chunked else left
            attention += self.cost.prompt_attention(new, before)
            room -= new
            tokens += new
            if new == left:
                self.prompts.popleft()
                finished.append(request)
            else:
                entry[1], entry[2] = left - new, before + new
        cost = self.cost
        total = min(tokens + decoding, cost.max_tokens)
        device = cost.launched[total] * max(1.0, (tokens + decoding) / total) + attention
        device += cost.logits[min(decoding + len(finished), cost.max_tokens)]
        if decoding:
            device += cost.decode_attention(decoding, self.cached - tokens)
        seconds = cost.host(decoding + len(finished), device, launched=True)
        yield simpy.Timeout(self.env, seconds)
        self.ledger.stretches.append((self.number, "prompts", start, seconds, 1, decoding, tokens))
        if decoding:
            self._advance(1)
        for request in finished:
            self._start(request, 0)
        self._finish()

    def _start(self, request: int, iterations_late: int) -> None:
        """The prompt is done, which gives the first token; the others follow one an iteration."""
        ledger, made = self.ledger, self._made.pop(request, 0)
        if ledger.first[request] < 0.0:
            ledger.first[request] = self.env.now
        left = ledger.answer[request] - made - 1
        if self.only == "prompts":
            left = 0
        heappush(self.running, (self.iteration + left, request, self.iteration - made - 1))

    def _decode_stretch(self) -> Generator[simpy.Event, Any, None]:
        """As many iterations as nothing changes in, ended early by an arrival that there is room for."""
        sequences, cost = len(self.running), self.cost
        count = max(1, self.running[0][0] - self.iteration)
        free = self.limits.cache - self.cached
        if free < sequences and sequences > 1:
            self._preempt()
            return
        count = min(count, max(1, free // sequences))
        # Caches grow by a token a sequence and iteration; the middle stands for all.
        middle = self.cached + sequences * (count + 1) / 2.0
        device = cost.replayed[sequences] + cost.decode_attention(sequences, middle)
        each = cost.host(sequences, device, launched=False)
        start = self.env.now
        self._wake = simpy.Event(self.env)
        self._stretch = (start, each, count)
        self._alarm(count * each, count)
        done = yield self._wake
        self._stretch = None
        self.ledger.stretches.append((self.number, "answers", start, each, done, sequences, sequences * done))
        self._advance(done)
        self._finish()

    def _advance(self, iterations: int) -> None:
        self.iteration += iterations
        self.cached += iterations * len(self.running)
        self.most_cached = max(self.most_cached, self.cached)

    def _finish(self) -> None:
        """Let go of the requests that are done."""
        while self.running and self.running[0][0] <= self.iteration:
            _, request, begun = heappop(self.running)
            ledger = self.ledger
            self.cached -= ledger.prompt[request] + self.iteration - begun - 1
            self.reserved -= ledger.prompt[request] + ledger.answer[request]
            self.in_progress -= 1
            ledger.end[request] = self.env.now
            ledger.replica[request] = self.number
            self.done(request)

    def _preempt(self) -> None:
        """Take the cache away from the request that came last, which then computes it again."""
        last = max(range(len(self.running)), key=lambda place: self.running[place][1])
        _, request, begun = self.running.pop(last)
        self.running.sort()
        made = self.iteration - begun
        self.cached -= self.ledger.prompt[request] + made - 1
        self._made[request] = made
        self.waiting.appendleft(request)
