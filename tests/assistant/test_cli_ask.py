"""``assist ask``: text for people, JSON for programs, Markdown with links that lead somewhere."""

import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.assistant.cli_support import FILES, Cli, Home, run_process, write_files

NO_MODEL = (
    "No language model is configured: this is what the index knows. "
    "`assist models` shows what could answer in sentences."
)


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return write_files(tmp_path / "shop", FILES)


@pytest.fixture
def cli(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, repo: Path
) -> Cli:
    monkeypatch.chdir(repo)
    return Cli(Home(tmp_path), capsys, monkeypatch)


def test_an_answer_is_a_statement_and_places_with_lines(cli: Cli) -> None:
    ran = cli("ask", "where are PDFs parsed?")
    statement, places = ran.out.split("\n\n", 1)
    assert "src/pdf.py:" in statement
    assert re.search(r"^src/pdf\.py:\d+-\d+  .*\n +\d+  .*def parse", places, re.MULTILINE)
    assert ran.out.endswith(f"\n\n{NO_MODEL}\n")
    assert (ran.code, ran.err) == (0, "")


def test_words_need_no_quotes(cli: Cli) -> None:
    assert cli("ask", "where", "are", "PDFs", "parsed?").out == cli("ask", "where are PDFs parsed?").out


def test_json_has_every_field(cli: Cli) -> None:
    ran = cli("ask", "where are PDFs parsed?", "--json")
    shown = json.loads(ran.out)
    assert shown.keys() == {"question", "found", "statement", "ms", "files", "passages", "notes"}
    assert (shown["question"], shown["found"], shown["files"]) == ("where are PDFs parsed?", True, len(FILES))
    assert shown["passages"][0]["path"] == "src/pdf.py"
    assert {"line": 2, "text": "    def parse(self, stream):"} in shown["passages"][0]["lines"]


def test_markdown_links_lead_to_the_lines(cli: Cli, repo: Path) -> None:
    out = cli("ask", "where are PDFs parsed?", "--markdown").out
    links = re.findall(r"\]\(([^)#]+)#L(\d+)", out)
    assert "src/pdf.py" in [path for path, _ in links]
    for path, line in links:
        assert int(line) <= len((repo / unquote(path)).read_text().splitlines())
    assert "  ```python\n" in out
    assert out.endswith(f"*{NO_MODEL}*\n")


def test_markdown_survives_odd_names_and_fences(cli: Cli, repo: Path) -> None:
    odd = "docs/my [notes]_(1).md"
    write_files(repo, {odd: "# Oolong brewing\n\n```sh\nbrew oolong\n```\n"})
    out = cli("ask", "how is oolong brewed?", "--markdown").out
    assert r"[docs/my \[notes\]\_(1).md:1-5](docs/my%20%5Bnotes%5D_%281%29.md#L1-L5)" in out
    if "```sh" in out:
        assert "````markdown" in out


def test_what_is_not_there_is_not_found(cli: Cli, repo: Path) -> None:
    write_files(repo, {"logo.png": b"\x89PNG\0"})
    ran = cli("ask", "where is the quaternion interpolation of ZygohedralFrobnicator?")
    assert ran.code == 1
    assert ran.out.startswith("Not found.")
    assert f"{len(FILES)} files" in ran.out
    assert "Not searched: 1 binary, and what is ignored (assist status --files)." in ran.out
    assert NO_MODEL not in ran.out
    shown = json.loads(
        cli("ask", "--json", "where is the quaternion interpolation of ZygohedralFrobnicator?").out
    )
    assert (shown["found"], shown["passages"]) == (False, [])


def test_names_are_painted_where_colours_are_wanted(cli: Cli) -> None:
    plain = cli("ask", "where are PDFs parsed?").out
    painted = cli("ask", "where are PDFs parsed?", "--color", "always").out
    assert "\x1b[" not in plain
    assert "`" not in painted.split("\n\n")[0]
    assert re.sub(r"\x1b\[[\d;]*m", "", painted).replace("`", "") == plain.replace("`", "")


def test_a_question_is_read_from_standard_input(cli: Cli, repo: Path) -> None:
    ran = run_process(cli.home, ["ask", "-"], cwd=repo, text="where are PDFs parsed?\n")
    assert "src/pdf.py" in ran.out


@pytest.mark.parametrize("args", [["ask"], ["ask", "tea", "--json", "--markdown"]])
def test_wrong_use_is_said(cli: Cli, args: list[str]) -> None:
    ran = cli(*args)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: ")


def test_several_repositories_answer_together(cli: Cli, tmp_path: Path, repo: Path) -> None:
    other = write_files(tmp_path / "other", {"xml.py": "def parse_xml_sheets(text):\n    return text\n"})
    shown = json.loads(
        cli("ask", "where are XML sheets parsed?", "--repo", repo, "--repo", other, "--json").out
    )
    assert shown["passages"][0]["repo"] == str(other)
