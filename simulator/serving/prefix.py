"""The part of a cache that outlives its requests: prompts that begin alike are computed once."""

from collections import OrderedDict

from simulator.serving.request import Request


class PrefixCache:
    """Blocks by key, in use or idle; the idle ones are given up least recently used first.

    The history of a conversation is one entry that shrinks from its end, since its blocks are used together;
    so is what a request leaves that nobody will ask for again. All tokens of idle entries may be taken at any
    time, so they never keep a request out.

    Parameters
    ----------
    capacity : int
        Tokens of the cache [tokens].
    block : int
        Tokens that are found together or not at all [tokens].

    Examples
    --------
    >>> cache = PrefixCache(1000, 16)
    >>> first = Request(0, 0.0, 100, 10, [(7, 64)])
    >>> cache.take(first), cache.take(Request(1, 0.0, 100, 10, [(7, 64)]))
    ((0, 64), (64, 0))
    """

    def __init__(self, capacity: int, block: int) -> None:
        self.capacity = capacity
        self.block = block
        self.idle = 0
        """Tokens that nobody uses [tokens]."""
        self._idle: OrderedDict[tuple[str, int], int] = OrderedDict()
        self._used: dict[int, list[int]] = {}
        """Requests that use a block, and its tokens."""

    def found(self, request: Request) -> tuple[int, int]:
        """Tokens of a request that are cached, and those of them that other requests hold [tokens]."""
        limit = request.prompt + request.made - 1
        total = held = 0
        complete = True
        for key, tokens in request.blocks:
            used = self._used.get(key)
            if used is None and ("block", key) not in self._idle:
                complete = False
                break
            total += tokens
            held += tokens if used is not None else 0
        if complete and request.session >= 0:
            total += self._idle.get(("session", request.session), 0)
        # The last token is computed in any case: it makes the first of the answer.
        return min(total, limit) // self.block * self.block, held

    def take(self, request: Request) -> tuple[int, int]:
        """Begin to use what is cached, and put down what will be.

        Returns
        -------
        tuple of int
            Tokens that need not be computed, and tokens that the request adds to those in use and shares
            [tokens].
        """
        hit, _ = self.found(request)
        new = 0
        for key, tokens in request.blocks:
            used = self._used.get(key)
            if used is not None:
                used[0] += 1
                continue
            self.idle -= self._idle.pop(("block", key), 0)
            self._used[key] = [1, tokens]
            new += tokens
        if request.session >= 0:
            self.idle -= self._idle.pop(("session", request.session), 0)
        return hit, new

    def leave(self, request: Request, history: int) -> int:
        """Stop using the blocks of a request; those of no other become idle, with the history it leaves.

        Returns
        -------
        int
            Shared tokens that nobody uses any more [tokens].
        """
        freed = 0
        # The end of a prompt is given up before its beginning, without which it is of no use.
        if history > 0:
            alone = request.session < 0
            key = ("once", request.number) if alone else ("session", request.session)
            self._idle[key] = history
            self.idle += history
        for block, tokens in reversed(request.blocks):
            used = self._used[block]
            used[0] -= 1
            if not used[0]:
                del self._used[block]
                freed += tokens
                self._idle["block", block] = tokens
                self.idle += tokens
        return freed

    def shrink(self, held: float) -> None:
        """Give up idle tokens beyond what the tokens in use leave [tokens]."""
        over = held + self.idle - self.capacity
        while over > 0 and self._idle:
            key, tokens = next(iter(self._idle.items()))
            cut = min(tokens, -(-int(over + 1) // self.block) * self.block)
            if key[0] == "block" or cut == tokens:
                cut = tokens
                del self._idle[key]
            else:
                self._idle[key] = tokens - cut
            self.idle -= cut
            over -= cut

    def clear(self) -> None:
        """Forget everything, as an engine that starts anew."""
        self._idle.clear()
        self._used.clear()
        self.idle = 0
