"""``assist corpus`` as a user types it."""

import io
import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.cli import corpus as command_module
from assistant.cli.command import WithExamples
from assistant.copies.corpora import CorpusLibrary
from assistant.settings import load_settings
from tests.assistant.cli_support import Cli, Home, process_environment, write_files
from tests.assistant.copies.corpora.library_support import code
from tests.assistant.copies.corpora.test_installed import install, site_packages
from tests.indexer.discovery_trees import make_repository


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return Cli(Home(tmp_path / "user"), capsys, monkeypatch)


@pytest.fixture
def tea(tmp_path: Path) -> Path:
    return write_files(tmp_path / "tea", {"a.py": code("alpha"), "b.py": code("beta")})


def test_nothing_yet_says_what_to_do(cli: Cli) -> None:
    ran = cli("corpus")
    assert ran.code == 0
    assert "assist corpus add" in ran.out


def test_add_list_update_remove(cli: Cli, tea: Path) -> None:
    added = cli("corpus", "add", tea)
    assert (added.code, added.err) == (0, "")
    assert added.out.startswith("tea: 2 files read (2.1 kB) in ")
    listed = cli("corpus", "list")
    assert listed.out == cli("corpus").out
    assert listed.out.split() == ["tea", "folder", "2", "files,", *listed.out.split()[4:6], str(tea)]

    write_files(tea, {"a.py": code("gamma")})
    assert "changed since indexed: run `assist corpus update`" in cli("corpus").out
    assert cli("corpus", "update").out.startswith("tea: 1 file read")
    assert "changed" not in cli("corpus").out
    assert cli("corpus", "update", "tea").out.startswith("tea: 2 unchanged in ")
    assert cli("corpus", "remove", "tea").out == "Removed tea: 1 source\n"
    assert "nothing yet" in cli("corpus").out


def test_json(cli: Cli, tea: Path) -> None:
    (updated,) = json.loads(cli("corpus", "add", "--json", tea).out)["updated"]
    assert (updated["name"], updated["kind"], updated["read_files"]) == ("tea", "folder", 2)
    (listed,) = json.loads(cli("corpus", "--json").out)["corpora"]
    assert (listed["location"], listed["files"], listed["problem"]) == (str(tea), 2, "")
    assert json.loads(cli("corpus", "list", "--json").out)["corpora"] == [listed]


def test_installed_own_and_history(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_repository(tmp_path / "shop", {"a.py": code("alpha")})
    site = site_packages(root)
    install(site, "pot", "1", ["pot.py"])
    monkeypatch.chdir(root)
    assert cli("corpus", "add", "--installed").out.startswith("shop:installed: 1 file read")
    assert cli("corpus", "add", "--own").out.startswith("shop:own: 1 file read")
    assert cli("corpus", "add", "--history", ".").out.startswith("shop:history: 1 file read")
    out = cli("corpus").out
    assert "1 package, 1 file" in out
    assert "1 version" in out


def test_nothing_installed_is_said(cli: Cli, tea: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tea)
    assert "nothing was found to compare with" in cli("corpus", "add", "--installed").out


def test_repositories_without_anything_installed_are_not_listed(
    cli: Cli, tea: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tea)
    assert cli("check-copies", "a.py").code == 0
    assert "compared with nothing yet" in cli("corpus").out
    (listed,) = json.loads(cli("corpus", "--json").out)["corpora"]
    assert (listed["automatic"], listed["files"]) == (True, 0)


def test_every_indexed_repository_is_ones_own(cli: Cli, tmp_path: Path, tea: Path) -> None:
    pot = write_files(tmp_path / "pot", {"a.py": code("gamma")})
    for folder in (tea, pot):
        assert cli("index", "--repo", folder).code == 0
    added = json.loads(cli("corpus", "add", "--indexed", "--json").out)["updated"]
    assert {(item["name"], item["kind"]) for item in added} == {("tea:own", "own"), ("pot:own", "own")}


def test_export_and_import(cli: Cli, tea: Path, tmp_path: Path) -> None:
    cli("corpus", "add", tea)
    exported = cli("corpus", "export", tmp_path / "team.corpus", "--no-text")
    assert exported.out.startswith(f"Wrote tea to {tmp_path / 'team.corpus'}: ")
    assert cli("corpus", "import", tmp_path / "team.corpus").out == "Imported team: 1 source\n"
    assert "team" in cli("corpus").out
    refused = cli("corpus", "import", tea / "a.py")
    assert refused.code == 3
    assert "a.py" in refused.err


@pytest.mark.parametrize(
    ("arguments", "code_", "message"),
    [
        (("add",), 2, "there is nothing to add"),
        (("add", "--installed", "x"), 2, "--installed and --indexed stand alone"),
        (("add", "--own", "--history", "x"), 2, "exclude each other"),
        (("add", "/none"), 3, "/none does not exist"),
        (("remove", "none"), 3, 'no corpus "none"'),
        (("remove",), 2, "missing argument"),
        (("update", "none"), 3, 'no corpus "none"'),
        (("export", "x.corpus"), 2, "there is no corpus to export"),
        (("import", "/none"), 3, "/none is no file"),
        (("nonsense",), 2, "nonsense"),
    ],
)
def test_mistakes_say_what_to_do(cli: Cli, arguments: tuple[str, ...], code_: int, message: str) -> None:
    ran = cli("corpus", *arguments)
    assert (ran.code, ran.out) == (code_, "")
    first, second = ran.err.splitlines()
    assert first.startswith("error: ")
    assert message in first
    assert second.strip()


def test_one_corpus_that_is_gone_does_not_keep_the_others_from_being_read(
    cli: Cli, tmp_path: Path, tea: Path
) -> None:
    cli("corpus", "add", write_files(tmp_path / "gone", {"a.py": code("alpha")}))
    cli("corpus", "add", tea)
    (tmp_path / "gone").rename(tmp_path / "moved")
    write_files(tea, {"c.py": code("delta")})
    ran = cli("corpus", "update")
    assert ran.code == 1
    assert "gone; `assist corpus remove gone` forgets it" in ran.err
    assert "tea: 1 file read" in ran.out


def test_paths_cannot_harm_the_terminal(cli: Cli, tmp_path: Path) -> None:
    ran = cli("corpus", "add", write_files(tmp_path / "a\x1b[31m\nb", {"a.py": code("alpha")}))
    assert "\x1b" not in ran.out + cli("corpus").out
    assert ran.out.count("\n") == 1


def test_every_subcommand_has_help_with_examples(cli: Cli) -> None:
    for name, command in command_module.command.commands.items():
        assert isinstance(command, WithExamples)
        assert command.examples
        assert f"assist corpus {name}" in cli("corpus", name, "--help").out


@pytest.fixture
def all_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_module, "_MANY_FILES", 1)


@pytest.mark.usefixtures("all_is_large")
def test_a_large_folder_is_not_read_without_consent(cli: Cli, tea: Path) -> None:
    refused = cli("corpus", "add", tea)
    assert refused.code == 2
    assert f"{tea} holds 2 files of code, 2.1 kB" in refused.err
    assert "name a smaller folder, or add --yes" in refused.err
    assert cli("corpus", "add", "--own", tea).code == 2
    assert "nothing yet" in cli("corpus").out
    assert cli("corpus", "add", "--yes", tea).code == 0
    assert cli("corpus", "add", tea).code == 0  # it is known


@pytest.mark.usefixtures("all_is_large")
@pytest.mark.parametrize(("answer", "code_"), [("y\n", 0), ("n\n", 130)])
def test_on_a_terminal_there_is_a_question(
    cli: Cli, tea: Path, monkeypatch: pytest.MonkeyPatch, answer: str, code_: int
) -> None:
    monkeypatch.setattr("assistant.cli.common.is_terminal", lambda: True)
    monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
    ran = cli("corpus", "add", tea)
    assert ran.code == code_
    assert "of cache. Read it? [y/N]" in ran.err
    assert ("tea" in cli("corpus").out) is (code_ == 0)


def test_a_home_folder_is_never_read_by_accident(cli: Cli, tmp_path: Path, tea: Path) -> None:
    assert "--yes" in cli("corpus", "add", tmp_path).err  # HOME, see the fixture
    assert "--yes" in cli("corpus", "add", tmp_path.parent).err
    assert cli("corpus", "add", tea).code == 0


def test_ctrl_c_while_another_process_writes_says_that_nothing_changed(
    cli: Cli, tea: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = CorpusLibrary(load_settings(dict(os.environ)), os.environ)
    monkeypatch.setattr(command_module, "_PATIENCE_S", 0.0)

    said: list[str] = []

    def interrupted(message: str, err: bool = False) -> None:
        if message.startswith("waiting"):
            raise KeyboardInterrupt
        said.append(message)

    with library.store.writing(), monkeypatch.context() as patched:
        patched.setattr("click.echo", interrupted)
        ran = cli("corpus", "add", tea)
    assert ran.code == 130
    assert said[-1].endswith("interrupted; the corpora are as they were before")


@pytest.mark.slow
def test_ctrl_c_leaves_what_was_there_and_says_so(tmp_path: Path) -> None:
    files = {f"p/a{number}.py": code(f"name{number}", 60) for number in range(1500)}
    folder = write_files(tmp_path / "large", files)
    small = write_files(tmp_path / "tea", {"a.py": code("alpha")})
    environment = process_environment(Home(tmp_path / "user"), TERM="xterm")
    call = [sys.executable, "-m", "assistant", "corpus"]
    subprocess.run([*call, "add", small], env=environment, check=True, capture_output=True)
    primary, secondary = pty.openpty()
    process = subprocess.Popen(
        [*call, "add", folder], env=environment, stderr=secondary, stdout=subprocess.DEVNULL
    )
    os.close(secondary)
    shown = b""
    while b"Reading 1,500 files" not in shown:
        shown += os.read(primary, 1000)
    process.send_signal(signal.SIGINT)
    try:
        while block := os.read(primary, 1000):
            shown += block
    except OSError:
        pass  # the other end is closed
    os.close(primary)
    assert process.wait() == 130
    kept = re.search(rb"interrupted; ([\d,]+) files were read and are kept", shown)
    assert kept is not None
    listed = subprocess.run([*call, "--json"], env=environment, check=True, capture_output=True)
    assert [item["problem"] for item in json.loads(listed.stdout)["corpora"] if item["name"] == "tea"] == [""]
    done = subprocess.run([*call, "add", folder], env=environment, check=True, capture_output=True, text=True)
    assert f"{kept[1].decode()} unchanged" in done.stdout
