"""Times kernels of PyTorch with the events of the device."""

from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from itertools import cycle
from statistics import median
from typing import Any

from simulator.calibration.measuring.shapes import HEAD_DIM

_WARM_UP = 3
"""Launches before the first that counts: libraries choose their kernels [1]."""
_ROUNDS = 5
"""Measurements of which the median is taken [1]."""
_LAUNCHES = 10
"""Launches in one measurement, so that the clock of the events does not matter [1]."""
_HOLD = 20_000_000
"""Clock cycles that the device waits while the host queues the launches: about 10 ms."""
_COLD = 256 * 2**20
"""Bytes that pass before an operand is used again, more than any cache holds [B]."""
_COLUMNS = 8192
"""Width of the rows that the layer norm takes [elements]."""

Launch = Callable[[], object]


class NoDeviceError(Exception):
    """Nothing can be measured here; says what is missing."""


class TorchBench:
    """Kernels as PyTorch runs them on the first device.

    Raises
    ------
    NoDeviceError
        If PyTorch is not installed, or sees no accelerator.
    """

    def __init__(self) -> None:
        try:
            self._torch: Any = import_module("torch")
        except ImportError:
            raise NoDeviceError("measuring needs PyTorch, not installed here: pip install torch") from None
        torch = self._torch
        if not torch.cuda.is_available():
            raise NoDeviceError(
                f"PyTorch {torch.__version__} sees no accelerator; it needs a build for CUDA or ROCm, "
                "a driver and a device (a table measured elsewhere can be fitted here)"
            )
        self.name = f"{torch.cuda.get_device_name()}, PyTorch {torch.__version__}"
        types = {"bf16": torch.bfloat16} if torch.cuda.is_bf16_supported(including_emulation=False) else {}
        self._types = {**types, "fp16": torch.float16}
        eight = self._working({"fp8": partial(self.gemm, "fp8", 16, 64, 64)})
        self.formats: tuple[str, ...] = (*self._types, *eight)
        attention = import_module("torch.nn.attention")
        self._kernel: Any = attention.sdpa_kernel
        # PyTorch's own flash kernel is FlashAttention-2.
        self._backends: dict[str, Any] = {
            "flash-2": attention.SDPBackend.FLASH_ATTENTION,
            "cudnn": attention.SDPBackend.CUDNN_ATTENTION,
        }
        tries = {name: partial(self._attends, name) for name in self._backends}
        self.implementations = self._working(tries) if types else ()

    def gemm(self, number: str, m: int, n: int, k: int) -> float:
        """C[m, n] = A[m, k] B[k, n] [s]; fp8 with one scale for each operand, casts left out."""
        torch = self._torch
        # Random numbers: zeros draw less power, and clocks would rise.
        if number != "fp8":
            a = self._random(m, k, self._types[number])
            c = torch.empty(m, n, device="cuda", dtype=a.dtype)
            weights = cycle(self._cold(lambda: self._random(k, n, a.dtype), 2 * k * n))
            return self._seconds(lambda: torch.mm(a, next(weights), out=c))
        eight, one = torch.float8_e4m3fn, torch.ones((), device="cuda")
        left = self._random(m, k, torch.bfloat16).to(eight)
        # The right operand must lie column by column.
        rights = cycle(self._cold(lambda: self._random(n, k, torch.bfloat16).to(eight).t(), k * n))

        def launch() -> object:
            return torch._scaled_mm(left, next(rights), scale_a=one, scale_b=one, out_dtype=torch.bfloat16)

        return self._seconds(launch)

    def attention(self, implementation: str, batch: int, heads: int, tokens: int, backward: bool) -> float:
        """Causal attention in bf16 [s]."""
        torch, backend = self._torch, self._backends[implementation]
        attend = torch.nn.functional.scaled_dot_product_attention
        shape = (batch, heads, tokens, HEAD_DIM)
        inputs = [
            torch.randn(shape, device="cuda", dtype=torch.bfloat16, requires_grad=backward) for _ in range(3)
        ]
        with self._kernel(backend):
            if not backward:
                return self._seconds(lambda: attend(*inputs, is_causal=True))
            out = attend(*inputs, is_causal=True)
            gradient = torch.randn_like(out)
            return self._seconds(lambda: torch.autograd.grad(out, inputs, gradient, retain_graph=True))

    def copy(self, size: int) -> float:
        """A copy that reads and writes `size` bytes together [s]."""
        torch, half = self._torch, size // 2

        def pair() -> Any:
            return [torch.empty(half, device="cuda", dtype=torch.uint8) for _ in range(2)]

        pairs = cycle(self._cold(pair, size))

        def launch() -> object:
            source, target = next(pairs)
            return target.copy_(source)

        return self._seconds(launch)

    def layer_norm(self, size: int) -> float:
        """A layer norm over rows of 8192 16-bit numbers that reads and writes `size` bytes together [s]."""
        torch, rows = self._torch, max(1, size // (4 * _COLUMNS))
        inputs = cycle(self._cold(lambda: self._random(rows, _COLUMNS, torch.float16), size // 2))
        return self._seconds(lambda: torch.nn.functional.layer_norm(next(inputs), (_COLUMNS,)))

    def _seconds(self, launch: Launch) -> float:
        """Median time of a launch among others, without the host's part [s]."""
        cuda = self._torch.cuda
        for _ in range(_WARM_UP):
            launch()
        began, ended = cuda.Event(enable_timing=True), cuda.Event(enable_timing=True)
        times = []
        for _ in range(_ROUNDS):
            cuda.synchronize()
            cuda._sleep(_HOLD)
            began.record()
            for _ in range(_LAUNCHES):
                launch()
            ended.record()
            cuda.synchronize()
            times.append(began.elapsed_time(ended) * 1e-3 / _LAUNCHES)
        return float(median(times))

    def _random(self, rows: int, columns: int, number: Any) -> Any:
        return self._torch.randn(rows, columns, device="cuda", dtype=number)

    def _cold(self, make: Callable[[], Any], size: int) -> list[Any]:
        """As many copies of an operand as it takes that none is in a cache when its turn comes."""
        return [make() for _ in range(min(512, 1 + _COLD // size))]

    def _attends(self, implementation: str) -> object:
        return [self.attention(implementation, 1, 1, 128, backward) for backward in (False, True)]

    def _working(self, tries: Mapping[str, Launch]) -> tuple[str, ...]:
        """What this device and this build of PyTorch can run."""
        return tuple(name for name, attempt in tries.items() if self._works(attempt))

    def _works(self, attempt: Launch) -> bool:
        try:
            attempt()
        except (RuntimeError, AttributeError, NotImplementedError):
            return False
        return True
