"""The extension, made with `make vscode` in a copy of its own, and a real workbench."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.editors.vscode.obtain import NotHereError, Workbench, node_program, obtain
from tests.servers.launch import ROOT

_UNREACHABLE = re.compile(
    r"\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)\b"
)
_PATIENCE_S = 900.0


@pytest.fixture(scope="session")
def workbench() -> Workbench:
    try:
        return obtain()
    except NotHereError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extension's folder after `make vscode`, in a copy: `npm ci` takes a folder's packages away first."""
    try:
        node_program()
    except NotHereError as error:
        pytest.skip(str(error))
    root = tmp_path_factory.mktemp("copy")
    listed = [
        "git",
        "ls-files",
        "-co",
        "--exclude-standard",
        "vscode-extension",
        "docs",
        "LICENSE",
        "Makefile",
    ]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    for name in names:
        if (ROOT / name).is_file():  # what is deleted, but not yet committed, is listed
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, root / name)
    # A make that runs these tests has given its flags to its children.
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))
    }
    done = subprocess.run(
        ["make", "vscode"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE_S,
        env=environment,
    )
    output = done.stdout + done.stderr
    if done.returncode and _UNREACHABLE.search(output):
        pytest.skip(f"npm's registry cannot be reached: {output.strip().splitlines()[-1]}")
    assert done.returncode == 0, output
    return root / "vscode-extension"
