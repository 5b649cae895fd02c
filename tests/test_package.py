"""What a user installs: it starts light, and the wheel carries the catalogue."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import simulator

ROOT = Path(__file__).resolve().parents[1]
HEAVY = {"duckdb", "networkx", "numpy", "pandas", "rich", "simpy"}


def _python(code: str, folder: Path, path: Path = ROOT) -> str:
    """Run code in a fresh interpreter that finds packages in `path` first."""
    environment = os.environ | {"PYTHONPATH": str(path)}
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.mark.parametrize("module", ["simulator", "simulator.cli"])
def test_import_leaves_heavy_libraries_alone(module: str, tmp_path: Path) -> None:
    loaded = _python(f"import sys, {module}; print(*sys.modules)", tmp_path).split()
    assert module in loaded
    assert HEAVY.isdisjoint(loaded)


def test_importing_the_package_imports_none_of_its_rooms(tmp_path: Path) -> None:
    loaded = _python("import sys, simulator; print(*sys.modules)", tmp_path).split()
    assert [name for name in loaded if name.startswith("simulator.")] == ["simulator.version"]


def test_at_most_a_dozen_names_are_exported() -> None:
    assert len(simulator.__all__) <= 12


@pytest.mark.parametrize("name", simulator.__all__)
def test_exported_names_exist(name: str) -> None:
    assert getattr(simulator, name)
    assert name in dir(simulator)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"module 'simulator' has no attribute 'serch'"):
        _ = simulator.serch


def test_citation_names_the_version_of_the_package() -> None:
    stated = re.search(r"^version: (.+)$", (ROOT / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE)
    assert stated
    assert stated[1] == simulator.__version__


def test_lock_file_names_public_hosts_only() -> None:
    lock = (ROOT / "uv.lock").read_text(encoding="utf-8")
    assert set(re.findall(r"https?://([^/\"]+)", lock)) == {"pypi.org", "files.pythonhosted.org"}


def test_lock_file_pins_every_stated_requirement() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    stated = [*project["dependencies"], *(requirement for extra in extras for requirement in extra)]
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    own = next(package for package in lock["package"] if package["name"] == project["name"])
    locked = {entry["name"] + entry["specifier"] for entry in own["metadata"]["requires-dist"]}
    assert {re.sub(r"[._]", "-", requirement) for requirement in stated} == {
        re.sub(r"[._]", "-", requirement) for requirement in locked
    }


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and unpack it."""
    pytest.importorskip("hatchling", reason="the wheel is built with hatchling, which the extra `dev` brings")
    folder = tmp_path_factory.mktemp("wheel")
    build = f"from hatchling.build import build_wheel; print(build_wheel({str(folder)!r}))"
    wheel = _python(build, ROOT).split()[-1]
    with zipfile.ZipFile(folder / wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def _files(folder: Path) -> set[str]:
    return {
        file.relative_to(folder).as_posix()
        for file in folder.rglob("*")
        if file.is_file() and file.suffix != ".pyc"
    }


@pytest.mark.parametrize("part", ["hardware", "scenarios"])
def test_wheel_carries_the_catalogue(unpacked: Path, part: str) -> None:
    shipped = _files(unpacked / "simulator" / "_catalogue" / part)
    assert shipped
    assert shipped == _files(ROOT / part)


def test_wheel_carries_the_package_and_nothing_beside_it(unpacked: Path) -> None:
    metadata = f"scalewall-{simulator.__version__}.dist-info"
    assert {path.name for path in unpacked.iterdir()} == {"simulator", metadata}
    assert (unpacked / "simulator" / "py.typed").is_file()


def test_installed_package_finds_its_catalogue(unpacked: Path, tmp_path: Path) -> None:
    code = "from simulator.catalogue.roots import built_in; print(built_in().path)"
    assert Path(_python(code, tmp_path, unpacked).strip()) == unpacked / "simulator" / "_catalogue"
