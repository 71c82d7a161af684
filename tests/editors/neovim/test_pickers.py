"""What is found in real telescope and fzf-lua, if ASSIST_TEST_PICKERS names a folder that holds them and plenary.

They come from no package registry, so elsewhere this is skipped. fzf-lua needs the program fzf on PATH.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.editors.neovim.conftest import SERVER, user_environment, write_init
from tests.editors.neovim.obtain import Neovim
from tests.editors.neovim.screen import Editor, neovim
from tests.editors.repository import PARSER_LINE, PARSER_PATH

PLUGINS = os.environ.get("ASSIST_TEST_PICKERS", "")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PLUGINS, reason="ASSIST_TEST_PICKERS names no folder of plugins"),
]


@pytest.fixture(scope="module")
def picking(tmp_path_factory: pytest.TempPathFactory, program: Neovim, shop: Path) -> Iterator[Editor]:
    """An editor that has the pickers."""
    home = tmp_path_factory.mktemp("home")
    init = write_init(home, {"cmd": SERVER})
    added = "".join(
        f"vim.opt.runtimepath:prepend({json.dumps(str(folder))})\n"
        for folder in sorted(Path(PLUGINS).iterdir())
    )
    init.write_text(added + init.read_text("utf-8"), "utf-8")
    with neovim(program, shop, init, user_environment(home)) as started:
        started.command(f"edit {PARSER_PATH}")
        started.until_shown("assist: ready")
        yield started


@pytest.mark.parametrize("picker", ["telescope", "fzf-lua"])
def test_what_is_found_is_chosen_in_the_picker(picking: Editor, shop: Path, picker: str) -> None:
    if picker == "fzf-lua" and shutil.which("fzf") is None:
        pytest.skip("there is no fzf on PATH")
    if picker == "fzf-lua" and Path(picking.lua("return vim.v.progpath")).name != "nvim":
        pytest.skip("this Neovim is started by its loader: fzf-lua cannot start it once more")
    picking.normal()
    picking.command("edit web/new.py")
    picking.lua("require('assist.config').get().search.show = ...", picker)
    picking.command("AssistSearch! parse_invoice")
    picking.until_shown(f"{PARSER_PATH}:{PARSER_LINE}")
    picking.until_lua("vim.api.nvim_get_mode().mode:match('^[it]') ~= nil", "that the picker takes keys")
    picking.type("<CR>")
    picking.until_lua("vim.api.nvim_buf_get_name(0) == ...", "the found file", str(shop / PARSER_PATH))
    assert picking.lua("return vim.fn.line('.')") == PARSER_LINE


def test_a_picker_that_is_there_is_taken(picking: Editor) -> None:
    picking.lua("require('assist.config').get().search.show = 'quickfix'")
    assert picking.lua("return require('assist.search').way(true)") == "telescope"
    assert picking.lua("return require('assist.search').way(false)") == "quickfix"
