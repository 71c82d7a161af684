"""The plugin by itself in real Neovims: commands, keys, options, finding the server, health, and giving up."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.editors.neovim.conftest import PLUGIN, SERVER, user_environment, write_init
from tests.editors.neovim.obtain import Neovim
from tests.editors.neovim.screen import Editor, neovim
from tests.servers.launch import ROOT

pytestmark = pytest.mark.slow

COMMANDS = set(
    re.findall(r"^  (Assist\w+) = \{", (PLUGIN / "plugin/assist.lua").read_text("utf-8"), re.MULTILINE)
)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory, program: Neovim) -> Iterator[Editor]:
    """An editor outside of any repository: no server starts."""
    home = tmp_path_factory.mktemp("home")
    folder = tmp_path_factory.mktemp("work")
    with neovim(program, folder, write_init(home, {"autostart": False}), user_environment(home)) as started:
        yield started


def test_there_are_commands_and_no_keys(bare: Editor) -> None:
    assert {name for name in bare.call("nvim_get_commands", {}) if name.startswith("Assist")} == COMMANDS
    for mode in "nvxiot":
        maps = [item for item in bare.call("nvim_get_keymap", mode) if "assist" in str(item).lower()]
        assert all(item["lhs"].startswith("<Plug>(assist-") for item in maps), maps
    assert bare.lua("return vim.lsp.get_clients()") == []


def test_every_command_and_section_is_in_the_help(bare: Editor, tmp_path: Path) -> None:
    doc = tmp_path / "doc"
    doc.mkdir()
    (doc / "assist.txt").write_text((PLUGIN / "doc/assist.txt").read_text("utf-8"), "utf-8")
    bare.command(f"helptags {doc}")
    tags = {line.split("\t")[0] for line in (doc / "tags").read_text("utf-8").splitlines()}
    assert {f":{name}" for name in COMMANDS} <= tags
    used = set()
    for file in (PLUGIN / "lua").rglob("*.lua"):
        used |= set(re.findall(r":help (assist[\w-]*)", file.read_text("utf-8")))
    assert used
    assert used <= tags


def test_wrong_options_are_told_and_left_out(bare: Editor) -> None:
    code = "return require('assist.config').set(...)"
    wrong = {"gost": {}, "restarts": "many", "ghost": {"enabled": False, "auot": True}}
    assert bare.lua(code, wrong) == [
        "option `restarts` is a number, not a string",
        "there is no option `ghost.auot`",
        "there is no option `gost`",
    ]
    assert "there is no option `gost`" in bare.messages()
    assert bare.lua(code, {"ghost": {"debounce_ms": 10}, "cmd": ["x"], "trusted": ["~"]}) == []
    assert bare.lua(
        "local ghost = require('assist.config').get().ghost return { ghost.debounce_ms, ghost.auto }"
    ) == [
        10,
        True,
    ]
    bare.lua(code, {"autostart": False})


@pytest.mark.parametrize(
    ("every_ms", "at_line_start", "rest_ms"),
    [(120, False, 180), (240, True, 180), (20, False, 100), (900, False, 400), (5_000, False, 225)],
)
def test_a_hand_rests_when_it_waits_longer_than_it_types(
    bare: Editor, every_ms: int, at_line_start: bool, rest_ms: int
) -> None:
    code = """
        local every, at_line_start = ...
        package.loaded["assist.rhythm"] = nil -- nobody has typed yet
        local rhythm = require("assist.rhythm")
        for key = 1, 30 do
          rhythm.typed(key * every)
          rhythm.typed(key * every + 5) -- a part of the same key
        end
        return rhythm.rest(100, at_line_start)
    """
    assert bare.lua(code, every_ms, at_line_start) == rest_ms


def _program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n", "utf-8")
    path.chmod(0o755)
    return path


def test_the_server_is_found_in_order(bare: Editor, tmp_path: Path) -> None:
    root = tmp_path / "work"
    root.mkdir()

    def find(path: str = "/nowhere", **options: Any) -> Any:
        given = {"trusted": [], **options}
        bare.lua("vim.env.PATH = ...", path)
        return bare.lua(
            "local found, problem = require('assist.server').find(...) "
            "return found and { found.cmd, found.from } or problem",
            str(root),
            given,
            {"HOME": str(tmp_path / "home"), "PIPX_BIN_DIR": str(tmp_path / "pipx")},
        )

    before = bare.lua("return vim.env.PATH")
    try:
        assert "uv tool install repo-assist" in find()
        own = _program(root / ".venv/bin/assist")
        assert "`trusted`" in find()
        assert find(trusted=[str(root)])[0] == [str(own), "lsp"]
        assert "`trusted`" in find(path=str(own.parent))  # on PATH, but part of the workspace
        pipx = _program(tmp_path / "pipx/assist")
        assert find() == [[str(pipx), "lsp"], "pipx"]
        on_path = _program(tmp_path / "bin/assist")
        assert find(path=str(on_path.parent)) == [[str(on_path), "lsp"], "PATH"]
        assert find(path=str(on_path.parent), trusted=[str(root)])[0] == [str(own), "lsp"]
        assert find(cmd=[str(on_path), "lsp", "--debug"])[0] == [str(on_path), "lsp", "--debug"]
        assert "which cannot be started" in find(cmd=["/no/such/program"])
    finally:
        bare.lua("vim.env.PATH = ...", before)


def test_words_and_lines_of_suggestions(bare: Editor) -> None:
    for text, word, line in (
        ("foo.bar(x)\nbaz", "foo", "foo.bar(x)"),
        (".bar(x)", ".", ".bar(x)"),
        ("\n    return x\n", "\n    return", "\n    return x"),
        ("  größe = 1", "  größe", "  größe = 1"),
    ):
        found = bare.lua(
            "local ghost = require('assist.ghost') return { ghost.first_word(...), ghost.first_line(...) }",
            text,
        )
        assert found == [word, line]


def test_a_server_that_keeps_ending_is_left_alone(program: Neovim, tmp_path: Path) -> None:
    work, home = tmp_path / "work", tmp_path / "home"
    (work / ".git").mkdir(parents=True)
    (work / "a.py").write_text("a = 1\n", "utf-8")
    init = write_init(home, {"cmd": ["/bin/false"], "restarts": 1})
    with neovim(program, work, init, user_environment(home)) as editor:
        editor.command("edit a.py")
        editor.until(
            lambda: "the server ended (exit status 1); it starts again" in editor.messages(), "a new start"
        )
        editor.until(lambda: ":AssistRestart starts it" in editor.messages(), "that it is left alone")
        assert editor.lua("return require('assist').statusline()") == "assist: stopped"


def test_the_log_tells_why_a_server_does_not_start(program: Neovim, tmp_path: Path) -> None:
    work, home = tmp_path / "work", tmp_path / "home"
    (work / ".git").mkdir(parents=True)
    (work / "a.py").write_text("a = 1\n", "utf-8")
    broken = ["/bin/sh", "-c", "echo \"a module is missing: 'teatools'\" >&2; exit 3"]
    init = write_init(home, {"cmd": broken, "restarts": 0})
    with neovim(program, work, init, user_environment(home)) as editor:
        editor.command("edit a.py")
        editor.until(lambda: ":AssistLog tells why" in editor.messages(), "that it is left alone")
        editor.command("AssistLog")
        text = "\n".join(editor.lines())
    assert "a module is missing: 'teatools'" in text
    assert "starting /bin/sh -c" in text
    assert "ended: exit status 3" in text


def test_a_package_without_setup_is_healthy(program: Neovim, tmp_path: Path) -> None:
    work, home = tmp_path / "work", tmp_path / "home"
    (work / ".git").mkdir(parents=True)
    (work / "a.py").write_text("a = 1\n", "utf-8")
    init = write_init(home, {})
    text = init.read_text("utf-8")
    text = re.sub(r"^(vim\.opt\.runtimepath|require).*$", "", text, flags=re.MULTILINE)
    command = "{ " + ", ".join(f'"{word}"' for word in SERVER) + " }"
    init.write_text(f"{text}\nvim.g.assist = {{ cmd = {command} }}\n", "utf-8")
    packages = home / "xdg/data/nvim/site/pack/assist/start"
    packages.mkdir(parents=True)
    (packages / "assist").symlink_to(PLUGIN)
    with neovim(program, work, init, user_environment(home)) as editor:
        editor.command("edit a.py")
        editor.until_shown("assist: ready")
        editor.command("checkhealth assist")
        report = "\n".join(editor.lines())
        assert "ERROR" not in report
        assert "from the option cmd" in report
        assert "assist: ready" in report
        editor.command("AssistLog")  # also where nothing was to be done
        assert f"serves Neovim: {work}" in "\n".join(editor.lines())


def test_the_table_of_what_works_where_names_every_command() -> None:
    page = (ROOT / "docs/editors.md").read_text("utf-8")
    table = page.partition("## What works where")[2]
    assert set(re.findall(r"`:(Assist\w+)", table)) == COMMANDS
    manifest = json.loads((ROOT / "vscode-extension/package.json").read_text("utf-8"))
    there = {item["command"] for item in manifest["contributes"]["commands"]}
    assert set(re.findall(r"`(assist\.[\w.]+)`", table)) <= there


def test_a_recipe_in_a_chat_without_a_server_says_why_and_can_be_asked_again(
    program: Neovim, tmp_path: Path
) -> None:
    work, home = tmp_path / "work", tmp_path / "home"
    (work / ".git").mkdir(parents=True)
    (work / "a.py").write_text("a = 1\n", "utf-8")
    init = write_init(home, {"cmd": ["/no/such/program"], "autostart": False})
    with neovim(program, work, init, user_environment(home)) as editor:
        editor.command("edit a.py")
        editor.command("AssistChat /explain")
        editor.until(lambda: any("cannot be started" in line for line in editor.lines()), "why not")
        assert editor.lua("return vim.bo.modifiable")
        assert editor.lines()[-3:] == ["## You", "", ""]
