"""``assist ask``, ``assist chat`` and ``assist models`` where a language model is configured."""

import io
import json
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.assistant.cli_support import FILES, Cli, Home, Ran, write_files
from tests.servers.answering import model_that_says
from tests.servers.launch import RunningServer, running

QUESTION = "how does TCPConnector close its pool?"
SAID = (
    "`TCPConnector.close` clears it [src/connector.py:7-9]. `vanish_now` does not [src/nowhere.py:1-2]. "
    "![x](https://evil.example/p.png)\x1b[31m"
)


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    with running("answering") as started:
        yield started


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return write_files(tmp_path / "shop", FILES)


@pytest.fixture
def cli(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, repo: Path
) -> Cli:
    monkeypatch.chdir(repo)
    return Cli(Home(tmp_path), capsys, monkeypatch)


def configure(cli: Cli, server: RunningServer, *models: str, more: str = "") -> None:
    tables = [
        f'[backends.b{number}]\nkind = "openai"\nurl = "{server.url}/openai/v1"\nmodel = "{model}"\nmax_retries = 0\n'
        for number, model in enumerate(models, 1)
    ]
    cli.home.configure("\n".join([*tables, more]))


def talk(cli: Cli, monkeypatch: pytest.MonkeyPatch, text: str, *args: str) -> Ran:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    return cli("chat", *args)


def test_the_answer_has_true_citations_and_marks_the_others(cli: Cli, server: RunningServer) -> None:
    configure(cli, server, model_that_says(SAID))
    ran = cli("ask", QUESTION)
    answer, last = ran.out.strip().split("\n\n")
    assert "[src/connector.py:7-9]" in answer
    assert "[src/nowhere.py:1-2 ✗ no such file]" in answer
    assert "`vanish_now` (✗ not in this repository)" in answer
    assert "https://evil.example" in answer
    assert "\x1b" not in ran.out
    assert last.startswith("2 citations checked, 1 true, 1 name or quotation flagged · context: ")
    assert last.endswith(f" to {server.url.removeprefix('http://')} · assist ask --show-context")
    assert (ran.code, ran.err) == (0, "")


def test_markdown_links_only_what_is_true(cli: Cli, server: RunningServer) -> None:
    configure(cli, server, model_that_says(SAID))
    out = cli("ask", "--markdown", QUESTION).out
    assert "[src/connector.py:7-9](src/connector.py#L7-L9)" in out
    assert "[src/nowhere.py:1-2 ✗ no such file]" in out
    assert "](https://" not in out.replace("\\](", "")
    assert "\x1b" not in out


def test_json_tells_each_citation(cli: Cli, server: RunningServer) -> None:
    model = model_that_says(SAID)
    configure(cli, server, model)
    shown = json.loads(cli("ask", "--json", "--show-context", QUESTION).out)
    assert shown["answer"] == SAID
    assert [(item["true"], item.get("path"), item.get("reason")) for item in shown["citations"]] == [
        (True, "src/connector.py", None),
        (False, None, "no such file"),
    ]
    assert shown["flagged"][0]["identifier"] == "vanish_now"
    assert shown["summary"] == {"checked": 2, "true": 1, "untrue": 1, "flagged": 1}
    assert (shown["backend"], shown["model"], shown["found"]) == ("b1", model, True)
    assert shown["usage"] == {"prompt_tokens": 11, "completion_tokens": 7}
    assert shown["messages"] == server.requests(model)[-1]["body"]["messages"]
    assert {"src/connector.py"} <= {file["path"] for file in shown["context"]["files"]}


def test_a_dry_run_shows_what_would_be_sent_and_sends_nothing(cli: Cli, server: RunningServer) -> None:
    model = model_that_says("dry")
    configure(cli, server, model)
    ran = cli("ask", "--show-context", "--dry-run", QUESTION)
    assert "def close(self) -> None:" in ran.out
    assert f"Question: {QUESTION}" in ran.out
    assert server.requests(model) == []
    assert cli("ask", QUESTION).code == 0
    (request,) = server.requests(model)
    for message in request["body"]["messages"]:
        assert message["content"].strip() in ran.out


def test_show_context_shows_it_beside_the_answer(cli: Cli, server: RunningServer) -> None:
    configure(cli, server, model_that_says("beside"))
    ran = cli("ask", "--show-context", QUESTION)
    assert ran.out.startswith("beside\n")
    assert f"Question: {QUESTION}" in ran.err


@pytest.mark.parametrize("args", [("--offline",), ()], ids=["option", "variable"])
def test_offline_sends_nothing(
    cli: Cli, server: RunningServer, args: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = model_that_says("offline", *args)
    configure(cli, server, model)
    if not args:
        monkeypatch.setenv("ASSIST_OFFLINE", "1")
    ran = cli("ask", *args, QUESTION)
    assert ran.code == 3
    assert ran.err.startswith("error: nothing was sent to ")
    assert server.requests(model) == []


def test_without_a_terminal_nothing_goes_to_a_remote_host(cli: Cli, server: RunningServer) -> None:
    cli.home.configure('[backends.far]\nkind = "openai"\nurl = "https://llm.example/v1"\nmodel = "m"\n')
    ran = cli("ask", QUESTION)
    assert ran.code == 3
    assert "you were never asked" in ran.err
    assert "allow_remote" in ran.err


def test_none_answers_from_the_index(cli: Cli, server: RunningServer) -> None:
    model = model_that_says("none")
    configure(cli, server, model)
    ran = cli("ask", "--backend", "none", QUESTION)
    assert "src/connector.py" in ran.out
    assert "No language model is configured" not in ran.out
    configure(cli, server, model, more='[ask]\nbackend = "none"\n')
    assert cli("ask", QUESTION).out == ran.out
    assert server.requests(model) == []


def test_what_looks_like_a_search_is_not_sent(cli: Cli, server: RunningServer) -> None:
    model = model_that_says("search")
    configure(cli, server, model)
    assert "src/connector.py:4" in cli("ask", "TCPConnector").out
    assert server.requests(model) == []
    assert cli("ask", "--backend", "b1", "TCPConnector").out.startswith("search\n")


def test_another_backend_and_another_model(cli: Cli, server: RunningServer) -> None:
    configure(cli, server, model_that_says("one"), model_that_says("two"))
    assert cli("ask", QUESTION).out.startswith("one\n")
    assert cli("ask", "--backend", "b2", QUESTION).out.startswith("two\n")
    assert cli("ask", "--model", model_that_says("three"), QUESTION).out.startswith("three\n")
    ran = cli("ask", "--backend", "b3", QUESTION)
    assert (ran.code, ran.out) == (2, "")
    assert "configured: b1, b2" in ran.err


def test_a_mentioned_file_goes_along_and_an_unknown_one_is_an_error(cli: Cli, server: RunningServer) -> None:
    model = model_that_says("mention")
    configure(cli, server, model)
    assert cli("ask", "what does @src/retry.go do?").code == 0
    assert "func Retry" in server.requests(model)[-1]["body"]["messages"][-1]["content"]
    ran = cli("ask", "what does @src/rety.go do?")
    assert (ran.code, ran.err) == (
        3,
        "error: @src/rety.go: no such file\n       did you mean @src/retry.go?\n",
    )


@pytest.mark.parametrize(
    ("table", "named"),
    [
        ('[backends.x]\nkind = "openai"\nurl = "nowhere"\nmodel = "m"\n', "[backends.x]"),
        (
            '[backends.x]\nkind = "openai"\nurl = "http://127.0.0.1:1/v1"\nmodel = "m"\n[privacy]\nexclud = []\n',
            "exclud",
        ),
        ('[ask]\nbackend = "missing"\n[backends]\n', "missing"),
    ],
)
def test_a_wrong_table_is_named_with_its_file(cli: Cli, table: str, named: str) -> None:
    cli.home.configure(table)
    ran = cli("ask", "--show-context", "--backend", "" if "missing" not in table else "missing", QUESTION)
    assert ran.code == 2
    assert named in ran.err
    assert "config.toml" in ran.err


def test_models_lists_what_is_configured(cli: Cli, server: RunningServer) -> None:
    configure(cli, server, "plain", "other")
    ran = cli("models", "--offline")
    assert f"b1  plain at {server.url}/openai/v1 (openai)  answers unless another is named" in ran.out
    assert "b2  other" in ran.out
    shown = json.loads(cli("models", "--offline", "--json").out)
    assert [item["name"] for item in shown["backends"]] == ["b1", "b2"]
    assert shown["default"] == "b1"


def test_models_says_what_to_do_if_there_are_none(cli: Cli) -> None:
    ran = cli("models", "--offline")
    assert ran.code == 0
    assert "No language model is configured" in ran.out
    assert "[backends.local]" in ran.out
    assert str(cli.home.folder / "config" / "config.toml") in ran.out


def test_models_finds_a_server_on_this_machine(
    cli: Cli, server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OLLAMA_HOST", server.url)
    ran = cli("models")
    assert f"{server.url}: plain:latest" in ran.out
    assert f'url = "{server.url}"' in ran.out


def test_testing_a_model_reports_what_works(cli: Cli, server: RunningServer) -> None:
    configure(cli, server, "plain", "status:401")
    ran = cli("models", "test", "b1")
    assert ran.code == 0
    assert "answers         yes" in ran.out
    shown = json.loads(cli("models", "test", "b2", "--json").out)
    assert not shown["answered"]
    assert "401" in shown["problems"][0]
    assert cli("models", "test", "b2").code == 1
    assert cli("models", "test", "nope").code == 2


def test_a_chat_from_a_pipe_understands_a_follow_up(
    cli: Cli, server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = model_that_says("It is `PdfReader.parse` [src/pdf.py:2-4].", "No one.")
    configure(cli, server, model)
    ran = talk(cli, monkeypatch, "where are PDFs parsed?\nand who calls it?\n/context\n")
    assert ran.code == 0, ran.err
    assert "[src/pdf.py:2-4]" in ran.out
    assert "Searched for: who calls PdfReader.parse?" in ran.out
    assert len(server.requests(model)[-1]["body"]["messages"]) == 4


def test_a_chat_is_saved_for_the_user_alone_and_resumed(
    cli: Cli, server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = model_that_says("First.", "Second.")
    configure(cli, server, model)
    talk(cli, monkeypatch, "where are PDFs parsed?\n")
    (file,) = (cli.home.folder / "data" / "sessions").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    talk(cli, monkeypatch, "and who calls it?\n", "--resume")
    contents = [message["content"] for message in server.requests(model)[-1]["body"]["messages"]]
    assert contents[1:3] == ["where are PDFs parsed?", "First."]
    assert "1 turn" in talk(cli, monkeypatch, "/sessions\n").out.replace("2 turns", "1 turn")
    assert talk(cli, monkeypatch, "x\n", "--resume", "1999").code == 3


def test_chat_commands(cli: Cli, server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(cli, server, model_that_says("one"), model_that_says("two"))
    lines = (
        "/help",
        "/model",
        "/model b2",
        QUESTION,
        "/clear",
        "/model none",
        QUESTION,
        "/search retry",
        "TCPConnector",
        "/nonsense",
        "/model nope",
        "/quit",
        "never reached",
    )
    ran = talk(cli, monkeypatch, "\n".join(lines) + "\n")
    assert "/search QUERY" in ran.out
    assert "two\n" in ran.out
    assert "The index answers alone." in ran.out
    assert "src/retry.go:" in ran.out
    assert "error: no command /nonsense" in ran.err
    assert 'error: no backend "nope"' in ran.err
    assert ran.code == 0


def test_a_chat_without_a_model_answers_from_the_index(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = talk(cli, monkeypatch, "where is PdfReader.parse defined?\nand who calls it?\n")
    assert "src/pdf.py:2" in ran.out
    assert ran.code == 0


def test_a_chat_goes_on_after_a_failure_and_a_pipe_is_told(
    cli: Cli, server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(cli, server, "status:401", model_that_says("fine"))
    ran = talk(cli, monkeypatch, f"{QUESTION}\n/model b2\n{QUESTION}\n")
    assert "401" in ran.err
    assert "fine\n" in ran.out
    assert ran.code == 0
    assert talk(cli, monkeypatch, f"/model b1\n{QUESTION}\n").code == 3
