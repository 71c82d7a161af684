"""``assist check-copies`` and ``assist copies``, as a user types them."""

import html
import io
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from assistant.copies.corpora import CorpusLibrary, Readiness
from indexer.progress import Progress
from tests.assistant.cli_support import Cli, Home, write_files
from tests.assistant.copies.copy_support import FROTH, INFUSE, MINE, RENAMED, workspace
from tests.indexer.discovery_trees import git

REVIEW = '[copies]\nallow = ["Apache-2.0"]\nreview = ["MIT"]\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = workspace(tmp_path)
    write_files(root, {"src/mine.py": MINE})
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "Begin")
    return root


@pytest.fixture
def cli(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, root: Path
) -> Cli:
    monkeypatch.chdir(root)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        monkeypatch.delenv(name, raising=False)
    return Cli(Home(tmp_path), capsys, monkeypatch)


def stage(root: Path, files: dict[str, str]) -> None:
    write_files(root, files)
    git(root, "add", "-A")


def test_what_is_installed_is_read_at_the_first_call_with_one_line(cli: Cli) -> None:
    first = cli("check-copies", "src")
    assert first.err.startswith("note: compared with 2 installed packages from now on: 2 files")
    assert first.err.count("\n") == 1
    again = cli("check-copies", "src")
    assert (again.code, again.err) == (0, "")
    assert again.out.startswith("No copies in 1 file (")


def test_nothing_to_compare_with_is_said(cli: Cli, tmp_path: Path) -> None:
    empty = write_files(tmp_path / "empty", {"a.py": MINE})
    ran = cli("check-copies", "--repo", empty, empty / "a.py")
    assert ran.code == 0
    assert "there is nothing to compare with" in ran.err


def test_a_copy_to_review_is_shown_side_by_side_with_what_can_be_done(cli: Cli, root: Path) -> None:
    cli.home.configure(REVIEW)
    stage(root, {"src/mine.py": MINE + INFUSE})
    ran = cli("check-copies", "--staged")
    assert ran.code == 1
    lines = ran.out.splitlines()
    assert lines[0] == "src/mine.py:8-16 is copied from teapot 1.2 (MIT), teapot/brew.py:4-12"
    assert re.fullmatch(
        r"    8 │ def infuse\(kettle, leaves, minutes=3\): +4 │ def infuse\(kettle, leaves, minutes=3\):",
        lines[1],
    )
    assert "   exact for " in ran.out
    assert "review: config.toml: MIT is listed by its name under review" in ran.out
    assert "assist copies attribute src/mine.py:8" in ran.out
    assert "assist: copied-ok <reason>" in ran.out
    assert lines[-1].startswith("1 copy to act on in 1 changed file (")
    assert "\x1b" not in ran.out


def test_outside_of_a_repository_files_have_to_be_named(cli: Cli, tmp_path: Path) -> None:
    folder = write_files(tmp_path / "plain", {"a.py": MINE})
    for call in ((), ("--staged",), ("--diff", "HEAD")):
        refused = cli("check-copies", "--repo", folder, *call)
        assert refused.code == 2
        assert "is no git repository" in refused.err
        assert "name files or folders to check" in refused.err
    assert cli("check-copies", "--repo", folder, folder).code == 0


def test_a_report_into_a_folder_that_is_not_there_makes_it(cli: Cli, root: Path) -> None:
    assert cli("copies", "report", "--output", "build/reports/copies.html").code == 0
    assert "<!doctype html>" in (root / "build/reports/copies.html").read_text()
    refused = cli("copies", "report", "--output", "src/mine.py/copies.html")
    assert refused.code == 3
    assert "src/mine.py/copies.html cannot be written" in refused.err
    assert "name another place with --output" in refused.err
    assert "tmp" not in refused.err
    assert (root / "src/mine.py").read_text() == MINE


def test_ctrl_c_while_packages_are_read_checks_against_those_that_are(
    cli: Cli, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = CorpusLibrary.ensure

    def interrupted(self: CorpusLibrary, root: Path, progress: Progress, **options: Any) -> Readiness:
        def press(done: int, total: int) -> None:
            progress(done, total)
            if done:
                raise KeyboardInterrupt

        return real(self, root, press, **options)

    with monkeypatch.context() as patched:
        patched.setattr(CorpusLibrary, "ensure", interrupted)
        ran = cli("check-copies", "src")
    assert ran.code == 0
    assert "compared with what was read so far, 1 installed file" in ran.err
    assert "1 file" in cli("check-copies", "src").err


def test_colours_are_for_terminals_and_those_who_ask(
    cli: Cli, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(root, {"web/froth.js": FROTH})
    assert "\x1b[" in cli("check-copies", "--color", "always", "web").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in cli("check-copies", "web").out


def test_only_added_lines_count_in_a_diff(cli: Cli, root: Path) -> None:
    cli.home.configure(REVIEW)
    stage(root, {"src/tea.py": INFUSE})
    git(root, "commit", "-q", "-m", "Copy")
    stage(root, {"src/tea.py": INFUSE + MINE})
    assert cli("check-copies", "--staged").code == 0
    assert cli("check-copies", "--diff", "HEAD").code == 0
    assert cli("check-copies", "--diff", "HEAD~1").code == 1
    assert cli("check-copies").code == 0
    assert cli("check-copies", "src").code == 1


def test_what_is_staged_is_checked_not_what_lies_in_the_work_tree(cli: Cli, root: Path) -> None:
    cli.home.configure(REVIEW)
    stage(root, {"src/tea.py": INFUSE})
    write_files(root, {"src/tea.py": MINE})
    assert cli("check-copies", "--staged").code == 1
    stage(root, {"src/tea.py": MINE})
    write_files(root, {"src/tea.py": INFUSE})
    assert cli("check-copies", "--staged").code == 0


def test_staged_with_files_looks_at_these_alone(cli: Cli, root: Path) -> None:
    stage(root, {"web/froth.js": FROTH, "src/other.py": MINE})
    assert cli("check-copies", "--staged", "src/other.py").code == 0
    assert cli("check-copies", "--staged", "src/other.py", "web/froth.js").code == 1


def test_standard_input_is_checked_as_a_file(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(FROTH.encode())))
    ran = cli("check-copies", "--stdin", "web/froth.js")
    assert ran.code == 1
    assert ran.out.startswith("web/froth.js:1-9 is copied from latte 3.0.1 (GPL-3.0-only), froth.js:1-9")


def test_what_is_allowed_is_shown_when_asked_for(cli: Cli, root: Path) -> None:
    write_files(root, {"src/tea.py": INFUSE})
    ran = cli("check-copies", "src")
    assert (ran.code, "teapot" in ran.out) == (0, False)
    assert "1 settled (--all shows them)" in ran.out
    shown = cli("check-copies", "--all", "src").out
    assert "teapot 1.2 (MIT)" in shown
    assert shown.splitlines()[-1].startswith("1 settled in 2 files (")


def test_hints_fail_only_the_strict_check(cli: Cli, root: Path) -> None:
    cli.home.configure(REVIEW)
    write_files(root, {"src/tea.py": RENAMED})
    ran = cli("check-copies", "--json", "src")
    (found,) = json.loads(ran.out)["findings"]
    if found["level"] == "warning":
        pytest.fail("the sample is no hint any more")
    assert (ran.code, found["fails"]) == (0, False)
    assert cli("check-copies", "--strict", "src").code == 1
    assert "is much like teapot" in cli("check-copies", "src").out


def test_a_comment_with_a_reason_accepts_and_one_without_is_told(cli: Cli, root: Path) -> None:
    write_files(root, {"web/froth.js": f"// assist: copied-ok\n{FROTH}"})
    ran = cli("check-copies", "web")
    assert ran.code == 1
    assert "web/froth.js:1: `assist: copied-ok` needs a reason" in ran.err
    write_files(root, {"web/froth.js": f"// assist: copied-ok we bought it\n{FROTH}"})
    ran = cli("check-copies", "--all", "web")
    assert ran.code == 0
    assert "accepted: we bought it" in ran.out


def test_duplicates_are_hints_in_new_lines(cli: Cli, root: Path) -> None:
    stage(root, {"src/cups.js": FROTH.replace("milk", "cup")})
    git(root, "commit", "-q", "-m", "Cups")
    stage(root, {"src/again.js": FROTH.replace("milk", "cup")})
    ran = cli("check-copies", "--staged", "--duplicates", "--json")
    kinds = {found["kind"]: found for found in json.loads(ran.out)["findings"]}
    assert kinds["duplicate"]["sources"][0]["path"] == "src/cups.js"
    assert kinds["duplicate"]["fails"] is False


def test_credit_is_printed_as_a_diff_and_written_when_asked_to(cli: Cli, root: Path) -> None:
    cli.home.configure(REVIEW)
    write_files(root, {"src/tea.py": MINE + INFUSE})
    assert cli("check-copies", "src").code == 1
    shown = cli("copies", "attribute", "src/tea.py:10")
    assert "+# Copied from teapot 1.2, teapot/brew.py, lines 4-12." in shown.out
    assert "+# Licence: MIT (SPDX)" in shown.out
    assert (root / "src" / "tea.py").read_text() == MINE + INFUSE
    assert cli("copies", "attribute", "--apply", "src/tea.py:10").code == 0
    assert "# Copied from teapot" in (root / "src" / "tea.py").read_text()
    assert cli("check-copies", "src").code == 0
    assert "There is a credit already" in cli("copies", "attribute", "src/tea.py:18").out
    for line in (8, 10, 18):  # where the credit stands now, where the copy was, where it is
        assert re.search(
            r"credit already: the copy is at src/tea\.py:\d+-\d+",
            cli("copies", "attribute", f"src/tea.py:{line}").out,
        )


def test_show_tells_all_that_is_known(cli: Cli, root: Path) -> None:
    write_files(root, {"src/tea.py": INFUSE})
    out = cli("copies", "show", "src/tea.py:3").out
    assert "return Infusion(kettle.pour(), strength, leaves.name)" in out
    assert "metadata License-Expression: MIT" in out
    assert "Copied from teapot 1.2" in out


def test_a_baseline_accepts_what_is_there_wherever_it_moves(cli: Cli, root: Path) -> None:
    write_files(root, {"web/froth.js": FROTH})
    assert cli("copies", "baseline").out.startswith("Accepted 1 copy in ")
    assert "milk" not in (root / ".assist-copies-baseline.json").read_text()
    assert cli("check-copies", ".").code == 0
    (root / "web" / "froth.js").rename(root / "web" / "latte.js")
    write_files(root, {"web/latte.js": f"let x = 1;\n\n{FROTH}"})
    assert cli("check-copies", ".").code == 0
    assert cli("check-copies", "--baseline", os.devnull, ".").code == 2
    elsewhere = root / "old.json"
    (root / ".assist-copies-baseline.json").rename(elsewhere)
    assert cli("check-copies", "web").code == 1
    assert cli("check-copies", "--baseline", elsewhere, "web").code == 0


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"version": 9, "accepted": []}', '{"version": 1, "accepted": [3]}']
)
def test_a_malformed_baseline_is_named(cli: Cli, root: Path, text: str) -> None:
    write_files(root, {".assist-copies-baseline.json": text})
    ran = cli("check-copies", "src")
    assert ran.code == 2
    assert ".assist-copies-baseline.json cannot be understood" in ran.err
    assert "write it anew with `assist copies baseline`" in ran.err


def test_a_malformed_policy_is_named_with_line_and_key(cli: Cli, root: Path) -> None:
    write_files(root, {"assist.toml": '[copies]\nallow = ["MIT"]\ndenny = []\n'})
    ran = cli("check-copies", "src")
    assert ran.code == 2
    assert (
        'assist.toml, line 3: unknown key "denny" in [copies]; did you mean "deny"?'
        in ran.err.replace("\n       ", " ")
        or "line 3" in ran.err
    )


def test_the_report_shows_both_passages_and_escapes_them(cli: Cli, root: Path) -> None:
    hostile = FROTH.replace('"latte art"', '"<script>alert(1)</script>"')
    latte = root / "node_modules" / "latte" / "froth.js"
    latte.write_text(hostile)
    write_files(root, {"web/<b>.js": hostile})
    assert cli("copies", "report", "web", "--output", "out.html").out == "Wrote out.html: 1 copy in 1 file\n"
    assert re.search(
        r"\d{4}-\d\d-\d\d \d\d:\d\d UTC, assist [\d.]+, compared with 2 sources, 2 files",
        (root / "out.html").read_text(),
    )
    page = (root / "out.html").read_text()
    assert "<script" not in page
    assert html.escape("<script>alert(1)</script>") in page
    assert page.count("<figure>") == 2
    assert "Content-Security-Policy" in page
    assert "GPL-3.0-only" in page


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--staged", "--diff", "HEAD"), "exclude each other"),
        (("--stdin",), "needs the name of one FILE"),
        (("--json", "--sarif", "src"), "exclude each other"),
        (("nowhere.py",), "does not exist"),
        (("--nonsense",), "no such option"),
    ],
)
def test_wrong_use_is_told_with_exit_code_2(cli: Cli, arguments: tuple[str, ...], said: str) -> None:
    ran = cli("check-copies", *arguments)
    assert ran.code == 2
    assert said in ran.err


def test_a_revision_that_is_none_fails_with_exit_code_3(cli: Cli) -> None:
    ran = cli("check-copies", "--diff", "nowhere")
    assert ran.code == 3
    assert 'git has no such diff: "nowhere"' in ran.err


@pytest.mark.parametrize("place", ["src/mine.py", "src/mine.py:x", "nowhere.py:3", "src/mine.py:2"])
def test_a_place_without_a_copy_is_wrong_use(cli: Cli, place: str) -> None:
    for action in ("show", "attribute"):
        assert cli("copies", action, place).code == 2


def test_odd_files_are_passed_over(cli: Cli, root: Path) -> None:
    files: dict[str, str | bytes] = {
        "src/binary.py": bytes(range(256)) * 40,
        "src/cut.py": INFUSE.encode()[:170],
        "src/wide.py": (MINE + INFUSE).encode("utf-16"),
        "src/latin.py": (MINE + INFUSE).replace("Make tea", "Thé").encode("latin-1"),
        "src/marked.py": b"\xef\xbb\xbf" + (MINE + INFUSE).encode(),
        "src/line.js": b"x=" + b"1+" * 400_000 + b"1",
        "src/open.js": b"`" + FROTH.encode(),
        "src/empty.py": b"",
    }
    write_files(root, files)
    git(root, "add", "-A")
    for arguments in (("--json", "--all", "src"), ("--json", "--staged")):
        record = json.loads(cli("check-copies", *arguments).out)
        found = {one["path"] for one in record["findings"]}
        assert {"src/wide.py", "src/latin.py", "src/marked.py"} <= found, arguments
        skipped = {one["path"] for one in record["skipped"]}
        assert {"src/binary.py", "src/line.js"} <= skipped, arguments
    assert cli("check-copies", "src/line.js").out.startswith("No copies in 0 files, 1 left out (")


def test_a_repository_without_a_commit(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = workspace(tmp_path / "fresh")
    git(fresh, "init", "-q")
    stage(fresh, {"web/froth.js": FROTH})
    monkeypatch.chdir(fresh)
    assert cli("check-copies", "--staged").code == 1
    assert cli("check-copies").code == 1
