"""Schedules that split the backward pass, so that weight gradients fill what would be bubble."""

from collections.abc import Iterator

Step = tuple[str, int, int]
"""`F`orward, `B`ackward for the input or `W`eight gradient; micro-batch; chunk on the stage."""


def zero_bubble_h1_order(stages: int, micro_batches: int, stage: int) -> list[Step]:
    """ZB-H1: 1F1B whose weight gradients lag the later the stage, within the memory of the first stage.

    Notes
    -----
    Qi et al. 2023, "Zero Bubble Pipeline Parallelism", arXiv:2401.10241, section 2.2: with passes of equal
    length the bubble is a third of that of 1F1B.

    Examples
    --------
    >>> "".join(letter for letter, _, _ in zero_bubble_h1_order(2, 3, 0))
    'FFBWFBWBW'
    >>> "".join(letter for letter, _, _ in zero_bubble_h1_order(2, 3, 1))
    'FBFBWFBWW'
    """
    order: list[Step] = []
    counted = {"F": 0, "B": 0, "W": 0}

    def take(letter: str) -> None:
        order.append((letter, counted[letter], 0))
        counted[letter] += 1

    for _ in range(min(stages - 1 - stage, micro_batches)):
        take("F")
    while counted["B"] < micro_batches:
        if counted["F"] < micro_batches:
            take("F")
        take("B")
        if counted["B"] - counted["W"] > stage:
            take("W")
    while counted["W"] < micro_batches:
        take("W")
    return order


def zero_bubble_v_order(stages: int, micro_batches: int, stage: int) -> list[Step]:
    """ZB-V: two chunks a stage, laid out as a V, so that the last chunk's loss is on the first stage.

    Notes
    -----
    Qi et al. 2024, "Pipeline Parallelism with Controllable Memory", arXiv:2405.15362, section 4: no bubble
    where the three kinds of pass take equally long, at the activation memory of 1F1B. It takes at least
    2 × stages − 1 micro-batches.
    """
    v = _V(micro_batches)
    v.repeat(2 * (stages - stage) - 1, "F0")
    v.repeat(stage, "F1", "F0")
    v.repeat(stages - stage, "F1", "B1", "W1")
    while v.left("F1"):
        v.take("F0", "B0", "W0", "F1", "B1", "W1")
    v.repeat(stage, "B0", "B1")
    v.repeat(stages - stage, "B0", "W0")
    v.rest("W1")
    v.rest("W0")
    return v.order


def dual_pipe_order(stages: int, micro_batches: int, stage: int) -> list[Step]:
    """DualPipe cut in half: two chunks a stage as a V, forward of one paired with backward of the other.

    Notes
    -----
    DeepSeek-AI 2024, "DeepSeek-V3 Technical Report", arXiv:2412.19437, section 3.2.1. The two directions of
    DualPipe, which hold every parameter twice, are folded onto half as many stages (Qi 2025, "Cut-in-half").
    It takes at least 2 × stages micro-batches.
    """
    v = _V(micro_batches)
    after = stages - 1 - stage
    v.repeat(2 * after, "F0")
    v.repeat(stage + 1, "F0", "F1")
    v.repeat(after, "B1", "W1", "F1")
    # What is paired runs back to back here; that each hides the other's messages is the software's business.
    while v.left("F0"):
        v.take("F0", "B1", "W1", "F1", "B0", "W0")
    v.repeat(after, "B1", "W1", "F1", "B0", "W0")
    half = (stage + 1) // 2
    for place in range(stage + 1):
        # The second half of these puts its weight gradients off.
        v.take("B1", *(("W1",) if place < half else ()), "B0", *(("W0",) if place < half else ()))
    v.repeat(after, "W", "B0")
    v.rest("W1")
    v.rest("W0")
    return v.order


class _V:
    """Counts the passes of two chunks and writes down their order."""

    def __init__(self, micro_batches: int) -> None:
        self.order: list[Step] = []
        self._micro_batches = micro_batches
        self._next = {f"{letter}{chunk}": 0 for letter in "FBW" for chunk in (0, 1)}

    def left(self, kind: str) -> int:
        """Micro-batches that have not had this pass [1]."""
        return self._micro_batches - self._next[kind]

    def take(self, *kinds: str) -> None:
        """Add the next pass of each kind, where there is one; a bare `W` is the oldest one put off."""
        for kind in kinds:
            name = self._put_off() if kind == "W" else kind
            if name and self.left(name):
                self.order.append((name[0], self._next[name], int(name[1])))
                self._next[name] += 1

    def repeat(self, times: int, *kinds: str) -> None:
        """Add passes several times over."""
        for _ in range(times):
            self.take(*kinds)

    def rest(self, kind: str) -> None:
        """Add all that is left of a kind."""
        self.repeat(self.left(kind), kind)

    def _put_off(self) -> str:
        waiting: Iterator[str] = (
            f"W{chunk}" for chunk in (1, 0) if self._next[f"W{chunk}"] < self._next[f"B{chunk}"]
        )
        return next(waiting, "")
