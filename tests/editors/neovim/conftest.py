"""Two real Neovims with the plugin, the real server, and a repository of more than 500 files."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.editors.neovim.obtain import SUITES, Neovim, NotHereError, obtain
from tests.editors.neovim.screen import Editor, neovim
from tests.editors.repository import write_repository
from tests.lsp.editor import environment
from tests.servers.answering import model_that_says
from tests.servers.launch import ROOT, RunningServer, running

PLUGIN = ROOT / "neovim-plugin"
CITING = "Invoices are parsed by `parse_invoice` [shop/billing/invoices.py:8-16]. Not in [shop/none.py:1-2]."

_INIT = """
vim.opt.runtimepath:prepend({plugin})
_G.notified = {{}}
vim.notify = function(message) table.insert(_G.notified, message) end
vim.opt.shortmess:append("I")
vim.opt.swapfile = false
vim.opt.statusline = "%f %{{v:lua.require'assist'.statusline()}}"
_G.progress = {{}}
vim.api.nvim_create_autocmd("LspProgress", {{ callback = function(event)
  table.insert(_G.progress, event.data.params.value)
end }})
require("assist").setup(vim.json.decode({options}))
"""


@pytest.fixture(scope="session", params=SUITES)
def program(request: pytest.FixtureRequest) -> Neovim:
    try:
        return obtain(request.param)
    except NotHereError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def model() -> Iterator[RunningServer]:
    with running("answering") as started:
        yield started


def write_init(home: Path, options: dict[str, object]) -> Path:
    """Write the user's configuration."""
    home.mkdir(parents=True, exist_ok=True)
    path = home / "init.lua"
    path.write_text(
        _INIT.format(plugin=json.dumps(str(PLUGIN)), options=json.dumps(json.dumps(options))), "utf-8"
    )
    return path


def user_environment(home: Path) -> dict[str, str]:
    """The environment of a user whose folders lie below one."""
    names = {
        f"XDG_{name}_HOME": str(home / "xdg" / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")
    }
    return {**environment(home), **names, "GIT_CONFIG_GLOBAL": "/dev/null", "TERM": "xterm-256color"}


SERVER = [sys.executable, "-P", "-m", "assistant", "lsp"]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("work") / "shop"
    assert write_repository(root) >= 500
    return root


@pytest.fixture(scope="module")
def editor(
    tmp_path_factory: pytest.TempPathFactory, program: Neovim, shop: Path, model: RunningServer
) -> Iterator[Editor]:
    """One editor of each version for the tests of a module, which go in order."""
    home = tmp_path_factory.mktemp("home")
    (home / "config").mkdir()
    (home / "config" / "config.toml").write_text(
        f'[backends.local]\nkind = "openai"\nurl = "{model.url}/v1"\nmodel = "{model_that_says(CITING)}"\n'
    )
    init = write_init(home, {"cmd": SERVER})
    with neovim(program, shop, init, user_environment(home)) as started:
        yield started
