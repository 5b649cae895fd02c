"""The command line as a user has it: a process of its own in an empty folder."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
COMMAND = [sys.executable, "-c", "import sys; from simulator.cli import main; sys.exit(main())"]

Scalewall = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def scalewall(tmp_path: Path) -> Scalewall:
    def call(*words: str, **more: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*COMMAND, *words],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"} | more,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    return call
