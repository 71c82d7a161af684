"""The plugin's Lua passes luacheck, with the rules of its `.luacheckrc`."""

from __future__ import annotations

import os
import subprocess

import pytest

from tests.editors.neovim.conftest import PLUGIN
from tests.editors.neovim.obtain import NotHereError, luacheck

pytestmark = pytest.mark.slow


def test_luacheck_finds_nothing() -> None:
    try:
        command, environment = luacheck()
    except NotHereError as error:
        pytest.skip(str(error))
    done = subprocess.run(
        [*command, "--no-color", "--formatter", "plain", "--codes", "."],
        cwd=PLUGIN,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
