"""The real runner: a small repository, its index, the gate, and a model server in a process of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant.engine import Engine
from assistant.errors import SettingsError
from assistant.evaluation import Answered, Assertion, Case, CaseFileError, Exit, Suite, run_suite
from assistant.evaluation.asking import fingerprints
from assistant.evaluation.repository_runner import RepositoryRunner
from assistant.models import Models
from assistant.privacy import ConsentError
from assistant.settings import Settings
from tests.assistant.cli_support import FILES, write_files
from tests.servers.answering import model_that_says
from tests.servers.launch import RunningServer
from tests.servers.wire import ANSWER_TOKENS, PROMPT_TOKENS, TEXT

GOOD = "`PdfReader.parse` turns a PDF into pages [src/pdf.py:2-4]."
BAD = "See `PdfReader.parse` [src/pdf.py:2-4] and [src/parser.py:10]."
QUESTION = "where are PDFs parsed?"

Make = Callable[..., RepositoryRunner]


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evaluated") / "shop"
    front = "---\nname: ask\ndescription: d\nparameters: {instruction: {description: q}}\n---\n"
    recipe = front + "{{instruction}} Be kind."
    return write_files(folder, {**FILES, ".env": "PASSWORD=orchid\n", ".assist/recipes/ask.md": recipe})


@pytest.fixture(scope="session")
def cache(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cache")
    Engine(Settings(folder, folder / "config.toml")).update(shop)
    return folder


@pytest.fixture
def make(tmp_path: Path, shop: Path, cache: Path, server: RunningServer) -> Make:
    def made(model: str = "plain", flavour: str = "openai/v1", **more: Any) -> RepositoryRunner:
        kind = flavour.partition("/")[0]
        table = {
            "kind": kind,
            "url": f"{server.url}/{flavour}",
            "model": model,
            "max_retries": 0,
            "read_timeout_s": 15,
        } | more
        settings = Settings(cache, tmp_path / "config.toml", backends={"work": table})
        return RepositoryRunner(Engine(settings), shop, Models(settings, tmp_path / "state", {}))

    return made


def ran(runner: RepositoryRunner, *cases: Case) -> list[Answered]:
    taken: list[Answered] = []

    async def work() -> None:
        try:
            await run_suite(Suite(Path("q.yaml"), Path(), cases), runner, taken.append)
        finally:
            await runner.aclose()

    asyncio.run(work())
    names = [case.name for case in cases]
    return sorted(taken, key=lambda answer: names.index(answer.case))


def case(backend: str = "work", *assertions: Assertion, **fields: Any) -> Case:
    return Case(
        **{"name": "c", "prompt": QUESTION, "backends": (backend,), "assertions": assertions, **fields}
    )


@pytest.mark.parametrize("flavour", ["openai/v1", "anthropic/v1", "ollama"])
def test_a_model_answers_and_its_citations_are_checked(make: Make, flavour: str) -> None:
    asked = case("work", Assertion("cites_lines", "src/pdf.py:2-4"), Assertion("no_failed_citation", True))
    model = model_that_says(GOOD, BAD)
    first, second = ran(make(model, flavour, context_window=8192), case(repetitions=1, assertions=asked.assertions),
                        case(name="d", assertions=asked.assertions))  # fmt: skip
    assert (first.outcome.text, first.failures) == (GOOD, ())
    assert (first.outcome.prompt_tokens, first.outcome.completion_tokens) == (PROMPT_TOKENS, ANSWER_TOKENS)
    assert first.outcome.model == model
    assert first.outcome.first_token_ms is not None
    assert first.outcome.first_token_ms <= first.outcome.total_ms
    assert [cited.true for cited in second.outcome.citations] == [True, False]
    (failure,) = second.failures
    assert failure.startswith("no_failed_citation: true: 1 untrue, first [src/parser.py:10] (")


def test_the_model_is_sent_the_question_and_its_passages(make: Make, server: RunningServer) -> None:
    model = model_that_says("sent")
    ran(make(model), case())
    (request,) = server.requests(model)
    sent = request["body"]["messages"][-1]["content"]
    assert QUESTION in sent
    assert "src/pdf.py" in sent
    assert "def parse" in sent


@pytest.mark.parametrize(
    ("model", "problem"),
    [
        ("status:500", "500"),
        ("status:401", "401"),
        ("malformed", ""),
        ("html", ""),
        ("array", ""),
        ("cut:1", ""),
        ("error-mid", "the card fell off"),
        ("unknown", "unknown"),
        ("too-long", "context"),
        (model_that_says(" "), "said nothing"),
    ],
)
def test_a_backend_that_fails_is_a_failed_case_with_its_reason(make: Make, model: str, problem: str) -> None:
    failed, fine = ran(make(model), case(), case("none", name="extractive"))
    assert failed.outcome.exit is Exit.FAILED
    assert failed.failures == (failed.outcome.error,)
    assert problem in failed.outcome.error
    assert "\n" not in failed.outcome.error
    assert fine.passed


def test_what_was_said_before_the_connection_broke_is_kept(make: Make) -> None:
    (answer,) = ran(make("cut:2"), case())
    assert answer.outcome.text
    assert TEXT.startswith(answer.outcome.text)
    assert not answer.passed


def test_a_silent_server_is_given_up_and_left(make: Make, server: RunningServer) -> None:
    (answer,) = ran(make("silent:eval"), case(timeout_s=0.3))
    assert answer.failures == ("no complete answer within 0.3 s; raise timeout_s, or ask for less",)
    server.wait_until_gone("silent:eval")


def test_a_server_that_is_not_there_is_a_failed_case(make: Make) -> None:
    (answer,) = ran(make(url="http://127.0.0.1:9/v1"), case())
    assert "http://127.0.0.1:9" in answer.outcome.error


def test_an_answer_without_end_is_cut_off(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.evaluation.listening._LONGEST_ANSWER", 50)
    (answer,) = ran(make("never:eval"), case())
    assert answer.outcome.error.startswith("stopped after 50 characters")
    assert 50 < len(answer.outcome.text) < 5_000


def test_the_extractive_answerer_needs_no_model(make: Make) -> None:
    asked = case("none", Assertion("cites", "src/pdf.py"), Assertion("contains", "def parse"))
    (answer,) = ran(make(), asked)
    assert answer.failures == ()
    assert (answer.outcome.exit, answer.outcome.model) == (Exit.ANSWERED, "none")
    assert all(cited.true and cited.text in answer.outcome.text for cited in answer.outcome.citations)


def test_nothing_found_is_told_apart(make: Make) -> None:
    asked = case("none", Assertion("exit", "not-found"), prompt="zygomorphic teleport submarines")
    (answer,) = ran(make(), asked)
    assert answer.failures == ()


def test_a_recipe_is_sent_with_its_target(make: Make, server: RunningServer) -> None:
    model = model_that_says("explained")
    (answer,) = ran(make(model), case(prompt="", recipe="explain", target="src/connector.py:4-9"))
    assert answer.failures == ()
    sent = server.requests(model)[0]["body"]["messages"][-1]["content"]
    assert "class TCPConnector" in sent
    assert "lines 4-9 of src/connector.py" in sent
    assert "{{" not in sent


def test_an_answer_that_a_recipe_cannot_use_is_a_failure(make: Make) -> None:
    asked = case(prompt="", recipe="docstring", target="src/pdf.py:2-4")
    (answer,) = ran(make(model_that_says("I have no idea.")), asked)
    assert answer.failures[0].startswith("the answer cannot be used: ")
    assert answer.outcome.text == "I have no idea."


def test_a_recipe_without_a_model_tells_what_the_index_knows(make: Make) -> None:
    asked = case(
        "none", Assertion("contains", "TCPConnector"), prompt="", recipe="explain", target="TCPConnector"
    )
    (answer,) = ran(make(), asked)
    assert answer.failures == ()


def test_a_recipe_is_given_the_prompt_as_its_instruction(make: Make, server: RunningServer) -> None:
    model = model_that_says("kind")
    ran(make(model), case(prompt="where is tea sold?", recipe="repo:ask"))
    assert "where is tea sold? Be kind." in server.requests(model)[0]["body"]["messages"][-1]["content"]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"recipe": "explain"}, 'the recipe "explain" works on code'),
        ({"recipe": "repo:ask", "prompt": ""}, 'the recipe "ask" needs "instruction"'),
        ({"recipe": "explain", "target": "src/nowhere.py:1-2"}, "src/nowhere.py"),
        ({"prompt": "what does @src/nowhere.py do?"}, "src/nowhere.py"),
    ],
)
def test_what_cannot_be_asked_is_a_failed_case(make: Make, fields: dict[str, str], problem: str) -> None:
    (answer,) = ran(make(), case(**fields))
    assert problem in answer.failures[0]


def test_a_private_file_is_not_sent_although_a_case_names_it(make: Make, server: RunningServer) -> None:
    model = model_that_says("private")
    ran(make(model), case(prompt=".env PASSWORD"), case(recipe="explain", target=".env", name="e"))
    requests = server.requests(model)
    assert requests
    assert "orchid" not in str(requests)


def test_backends_are_checked_before_anything_is_sent(make: Make) -> None:
    with pytest.raises(SettingsError, match=r'no backend "wrok".*did you mean "work"'):
        make().require_backends(["none", "wrok"])
    with pytest.raises(ConsentError, match=r"llm\.example"):
        make(url="https://llm.example/v1").require_backends(["work"])
    make().require_backends(["none", "work"])


def test_fingerprints_change_with_what_is_asked_and_expected(make: Make) -> None:
    def printed(*cases: Case) -> list[tuple[str, str]]:
        made = [fingerprints(Suite(Path("q.yaml"), Path(), (one,)), make().library)["c"] for one in cases]
        return [(one.prompt, one.assertions) for one in made]

    base, asked, expected, recipe = printed(
        case(), case(prompt="else?"), case("work", Assertion("contains", "a")), case(recipe="explain")
    )
    assert base == printed(case())[0]
    assert (base[0] != asked[0], base[1] == asked[1]) == (True, True)
    assert (base[0] == expected[0], base[1] != expected[1]) == (True, True)
    assert base[0] != recipe[0]
    with pytest.raises(CaseFileError, match=r'q\.yaml:7: no recipe "expalin".*explain'):
        printed(case(recipe="expalin", line=7))


def test_a_case_file_that_is_indexed_is_told(make: Make, shop: Path) -> None:
    assert 'exclude = ["src/pdf.py"]' in make().notes(shop / "src" / "pdf.py")[0]
    assert make().notes(shop / "questions.yaml") == []
    assert make().notes(shop.parent / "questions.yaml") == []
