"""What an installation without a checkout has: every file that the program reads, and nothing of the tests."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "jobs", "ledger")


def build(target: str, source: Path, directory: Path) -> Path:
    """The wheel or source distribution of the project in ``source``."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(directory)]
    done = subprocess.run(  # noqa: S603 - ourselves
        command, cwd=source, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return next(directory.iterdir())


def names_in(wheel: Path) -> set[str]:
    """The files of a wheel, without those that describe it."""
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    return build("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


def test_the_wheel_has_every_file_of_the_packages_and_the_manifest_and_nothing_else(wheel: Path) -> None:
    here = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }

    assert {"ledger/rules/books/medicare-2026.toml", "bot/playground/page/index.html"} <= here
    assert names_in(wheel) == here | {"bot/manifest.yml"}


def test_the_manifest_of_the_wheel_is_the_one_that_users_paste(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert archive.read("bot/manifest.yml") == (ROOT / "manifest.yml").read_bytes()


def test_the_source_distribution_makes_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    archive = build("sdist", ROOT, tmp_path / "sdist")
    with tarfile.open(archive) as packed:
        packed.extractall(tmp_path / "unpacked", filter="data")

    again = build("wheel", next((tmp_path / "unpacked").iterdir()), tmp_path / "wheel")

    assert names_in(again) == names_in(wheel)
