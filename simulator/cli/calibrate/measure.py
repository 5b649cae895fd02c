"""`scalewall calibrate measure`: time kernels on the accelerator of this machine."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from simulator.cli.exits import DONE
from simulator.cli.progress import progress


def measure(
    *,
    out: Path = Path("measured.csv"),
    quick: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Time matrix products, attention, copies and norms with PyTorch, and write tables that can be fitted.

    Parameters
    ----------
    out : Path
        NAME.csv; the tables are NAME-gemm.csv, NAME-attention.csv and NAME-memory.csv, and must not exist.
    quick : bool
        Only as many sizes as a fit needs.
    """
    from simulator.calibration.measuring.shapes import shapes
    from simulator.calibration.measuring.tables import measure as measured
    from simulator.calibration.measuring.tables import table_paths
    from simulator.calibration.measuring.torch_bench import NoDeviceError, TorchBench
    from simulator.cli.exits import UsageError

    paths = table_paths(out)
    try:
        bench = TorchBench()
    except NoDeviceError as error:
        raise UsageError(str(error)) from error
    with progress(f"measuring {bench.name}") as say:
        written = measured(bench, shapes(quick), out, say)
    print(f"measured {bench.name}")
    for kind, path in paths.items():
        if path in written:
            print(f"next  scalewall calibrate {kind} {path} --accelerator NAME --out FILE")
    return DONE
