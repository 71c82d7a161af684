"""The VS Code extension's manifest: the server's settings in it, and nothing that takes what is not its own."""

import json
import re

from scripts.vscode_manifest import MANIFEST, ROOT, WORDS, generated

EXTENSION = ROOT / "vscode-extension"


def test_the_manifest_has_the_settings_of_the_server() -> None:
    for file, text in generated().items():
        have = json.loads(file.read_text("utf-8"))
        assert have == json.loads(text), (
            f"run `python scripts/vscode_manifest.py`: {file.name} is not up to date"
        )


def test_every_text_of_the_manifest_exists_and_is_used() -> None:
    words = json.loads(WORDS.read_text("utf-8"))
    assert set(re.findall(r'"%([\w.]+)%"', MANIFEST.read_text("utf-8"))) == set(words)


def test_no_key_is_taken_that_others_use() -> None:
    bindings = json.loads(MANIFEST.read_text("utf-8"))["contributes"]["keybindings"]
    keys = {
        key for binding in bindings for name, key in binding.items() if name in ("key", "mac", "linux", "win")
    }
    assert keys
    assert not keys & {"tab", "shift+tab", "escape", "enter"}


def test_every_command_is_registered_and_every_registered_one_declared() -> None:
    declared = {
        item["command"] for item in json.loads(MANIFEST.read_text("utf-8"))["contributes"]["commands"]
    }
    source = "".join(file.read_text("utf-8") for file in (EXTENSION / "src").rglob("*.ts"))
    registered = set(re.findall(r'^    "(assist\.[\w.]+)": ', source, re.MULTILINE))
    registered |= set(re.findall(r'registerCommand\("(assist\.[\w.]+)"', source))
    assert declared == registered
