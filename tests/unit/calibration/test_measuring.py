"""What a bench measures becomes tables that can be fitted; without an accelerator the reason is told."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from simulator.calibration.kernels import calibrate_kernels
from simulator.calibration.measuring.shapes import shapes
from simulator.calibration.measuring.tables import measure, table_paths
from simulator.calibration.measuring.torch_bench import NoDeviceError, TorchBench
from simulator.catalogue.problems import SpecError
from simulator.cost.attention import FusedAttention
from simulator.cost.streaming import Streaming
from tests.measured import H100, TRUE_GEMM


class Stub:
    """A bench whose times are those of the cost models."""

    name = "stub, with a comma"
    formats: tuple[str, ...] = ("bf16", "fp16")
    implementations: tuple[str, ...] = ("flash-2",)

    def gemm(self, number: str, m: int, n: int, k: int) -> float:
        return float(TRUE_GEMM.seconds(m, n, k))

    def attention(self, implementation: str, batch: int, heads: int, tokens: int, backward: bool) -> float:
        true = FusedAttention(4e14, 3e14, 900.0, 2e-5)
        return float(true.seconds(batch, heads, tokens, tokens, 128, backward=backward))

    def copy(self, size: int) -> float:
        return float(Streaming(3e12, 3e-6).seconds(size))

    def layer_norm(self, size: int) -> float:
        return float(Streaming(2.8e12, 4e-6).seconds(size))


def test_the_tables_of_a_quick_measurement_can_be_fitted(tmp_path: Path) -> None:
    said: list[str] = []
    written = measure(Stub(), shapes(quick=True), tmp_path / "my.csv", said.append)
    assert [path.name for path in written] == ["my-gemm.csv", "my-attention.csv", "my-memory.csv"]
    assert said[-1] == "measuring memory, 24 done"
    kinds = ("gemm", "attention", "memory")
    found = [calibrate_kernels(path, kind, H100, 1) for path, kind in zip(written, kinds, strict=True)]
    assert [".".join(fitted.path) for each in found for fitted in each.fitted] == [
        "kernels.gemm.bf16",
        "kernels.gemm.fp16",
        "kernels.attention.flash-2",
        "kernels",
    ]
    assert all(not each.skipped for each in found)


def test_a_kind_that_the_bench_lacks_has_no_table(tmp_path: Path) -> None:
    bench = Stub()
    bench.implementations = ()
    written = measure(bench, shapes(quick=True), tmp_path / "my.csv")
    assert [path.name for path in written] == ["my-gemm.csv", "my-memory.csv"]


def test_no_table_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "my-memory.csv").write_text("precious", encoding="utf-8")
    with pytest.raises(SpecError, match=r"my-memory.csv: exists already"):
        table_paths(tmp_path / "my.csv")
    with pytest.raises(SpecError, match=r"the tables are CSV files; `--out my.csv`"):
        table_paths(tmp_path / "my.txt")


def test_without_pytorch_the_way_to_get_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(NoDeviceError, match="pip install torch"):
        TorchBench()


def test_without_a_device_the_build_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", fake_torch(available=False))
    with pytest.raises(NoDeviceError, match=r"PyTorch 2.9.0\+cpu sees no accelerator"):
        TorchBench()


class Clock:
    """Device time: each launch takes a millisecond, a second launch in a row among them."""

    now = 0.0

    def event(self, enable_timing: bool) -> SimpleNamespace:
        event = SimpleNamespace(at=0.0)
        event.record = lambda: setattr(event, "at", self.now)
        event.elapsed_time = lambda other: (other.at - event.at) * 1e3
        return event

    def launch(self, *arguments: object, **named: object) -> None:
        self.now += 1e-3


def fake_torch(available: bool, clock: Clock | None = None) -> SimpleNamespace:
    clock = clock or Clock()

    def refuse(*arguments: object, **named: object) -> None:
        raise RuntimeError("not on this device")

    def tensor(*shape: int, **named: object) -> SimpleNamespace:
        return SimpleNamespace(dtype="bfloat16", to=refuse, copy_=clock.launch)

    cuda = SimpleNamespace(
        is_available=lambda: available,
        is_bf16_supported=lambda including_emulation: True,
        get_device_name=lambda: "Stub 3000",
        synchronize=lambda: None,
        _sleep=lambda cycles: None,
        Event=clock.event,
    )
    return SimpleNamespace(
        __version__="2.9.0+cpu", cuda=cuda, bfloat16="bfloat16", float16="float16", float8_e4m3fn="fp8",
        uint8="uint8", randn=tensor, empty=tensor, ones=tensor, mm=clock.launch, _scaled_mm=refuse,
        nn=SimpleNamespace(
            functional=SimpleNamespace(layer_norm=clock.launch, scaled_dot_product_attention=refuse)
        ),
    )  # fmt: skip


def test_times_are_those_of_one_launch_and_what_fails_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def sdpa_kernel(backend: object) -> object:
        raise RuntimeError("No available kernel")

    backends = SimpleNamespace(FLASH_ATTENTION=1, CUDNN_ATTENTION=2)
    monkeypatch.setitem(sys.modules, "torch", fake_torch(available=True))
    monkeypatch.setitem(
        sys.modules, "torch.nn.attention", SimpleNamespace(SDPBackend=backends, sdpa_kernel=sdpa_kernel)
    )
    bench = TorchBench()
    assert bench.name == "Stub 3000, PyTorch 2.9.0+cpu"
    assert (bench.formats, bench.implementations) == (("bf16", "fp16"), ())
    ways: list[Callable[[], float]] = [
        lambda: bench.gemm("bf16", 64, 64, 64),
        lambda: bench.copy(2**20),
        lambda: bench.layer_norm(2**20),
    ]
    assert [way() for way in ways] == [pytest.approx(1e-3)] * 3
