"""The extension as users get it: checked and packaged by `make vscode`, then used in a real workbench of VS Code."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.editors.vscode.drive import Run, drive, package_of
from tests.editors.vscode.obtain import Workbench
from tests.editors.vscode.project import Tree

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
LARGEST_BYTES = 1_500_000


def test_the_extension_passes_its_checks_and_its_package_is_small(made: Path) -> None:
    package = package_of(made)
    assert package.stat().st_size <= LARGEST_BYTES
    names = zipfile.ZipFile(package).namelist()
    assert "extension/dist/extension.js" in names
    assert not [name for name in names if "node_modules" in name or "/test/" in name or name.endswith(".map")]


def test_a_session_in_a_real_workbench(made: Path, workbench: Workbench, tmp_path: Path) -> None:
    assert drive(Run(made, tmp_path), workbench, Tree()) == 0
