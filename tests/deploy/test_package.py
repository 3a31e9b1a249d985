"""What an installation without a checkout has: every file that the program reads, and nothing of the tests."""

import shutil
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from support.deployment import ROOT, build, copied, names_in

PACKAGES = ("bot", "jobs", "ledger")


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
        # Pythons before 3.11.4 know no filters.
        safely: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        packed.extractall(tmp_path / "unpacked", **safely)  # noqa: S202 - it is our own archive

    again = build("wheel", next((tmp_path / "unpacked").iterdir()), tmp_path / "wheel")

    assert names_in(again) == names_in(wheel)


def test_what_the_image_copies_makes_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    for name in copied():
        here, there = ROOT / name, tmp_path / "source" / name
        there.parent.mkdir(exist_ok=True)
        shutil.copytree(here, there) if here.is_dir() else shutil.copy(here, there)

    in_the_image = build("wheel", tmp_path / "source", tmp_path / "wheel")

    assert names_in(in_the_image) == names_in(wheel)
