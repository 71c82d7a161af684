"""The pipeline over real model servers: who is asked, who answers, and how a question ends."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.completion import (
    LOCAL,
    CompletionOptions,
    CompletionPipeline,
    CompletionRequest,
    RecentFile,
    Suggestion,
    Trigger,
)
from assistant.models import Models
from tests.assistant.completion.support import FILLED, at, backend, models_of, pipeline_of, says
from tests.servers.launch import RunningServer

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(60)]
DOCUMENT = "import os\n\n\ndef greet(‸\n\n\nprint(os.name)\n"


class Says:
    """A local completer that is sure of one text."""

    def __init__(self, text: str, back: int = 0) -> None:
        self._text = text
        self._back = back

    def suggest(self, request: CompletionRequest) -> list[Suggestion]:
        return [Suggestion(self._text, request.offset - self._back, request.offset)]


class Fails:
    def suggest(self, request: CompletionRequest) -> list[Suggestion]:
        raise RuntimeError("out of order")


def _greet(tmp_path: Path, **more: object) -> CompletionRequest:
    return replace(at(DOCUMENT), root=tmp_path, **more)  # type: ignore[arg-type]


async def test_without_a_model_the_local_completer_answers(tmp_path: Path) -> None:
    pipeline = CompletionPipeline(None, None, CompletionOptions(), lambda root: Says("name"))
    (suggestion,) = await pipeline.complete(_greet(tmp_path))
    assert (suggestion.text, suggestion.source) == ("name", LOCAL)
    await pipeline.aclose()


async def test_without_anyone_there_is_nothing(tmp_path: Path) -> None:
    pipeline = CompletionPipeline(None, None, CompletionOptions())
    assert await pipeline.complete(_greet(tmp_path)) == []


async def test_a_local_completer_that_fails_is_no_failure(tmp_path: Path) -> None:
    pipeline = CompletionPipeline(None, None, CompletionOptions(), lambda root: Fails())
    assert await pipeline.complete(_greet(tmp_path)) == []


async def test_a_suggestion_that_repeats_what_was_typed_only_inserts_the_rest(tmp_path: Path) -> None:
    pipeline = CompletionPipeline(None, None, CompletionOptions(), lambda root: Says("greeting", back=4))
    (suggestion,) = await pipeline.complete(replace(at("x = gree‸\n"), root=tmp_path))
    assert suggestion.text == "ting"
    assert suggestion.replace_start == suggestion.replace_end == 8


async def test_a_model_answers_and_is_cleaned(server: RunningServer, tmp_path: Path) -> None:
    pipeline = pipeline_of(
        says(server, "name):\n    return name\n\n\ndef other():\n    pass\n"), tmp_path / "u"
    )
    (suggestion,) = await pipeline.complete(_greet(tmp_path))
    assert (suggestion.text, suggestion.source) == ("name):\n    return name", "work")
    await pipeline.aclose()


async def test_typing_along_asks_nobody(server: RunningServer, tmp_path: Path) -> None:
    table = says(server, "name: str) -> str:\n    return name\n# typing along")
    pipeline = pipeline_of(table, tmp_path / "u")
    request = _greet(tmp_path)
    (first,) = await pipeline.complete(request)
    asked = len(server.requests(table["model"]))
    for count in range(1, 15):
        text = request.prefix + first.text[:count] + request.suffix
        (rest,) = await pipeline.complete(replace(request, text=text, offset=request.offset + count))
        assert (rest.text, rest.id) == (first.text[count:], first.id)
    assert len(server.requests(table["model"])) == asked == 1
    await pipeline.aclose()


async def test_what_comes_next_is_asked_ahead(server: RunningServer, tmp_path: Path) -> None:
    table = says(server, "name):\n    text = name", "\n    return text", "# a third answer")
    pipeline = pipeline_of(table, tmp_path / "u", CompletionOptions())
    request = _greet(tmp_path)
    (first,) = await pipeline.complete(request)
    text = request.prefix + first.text
    accepted = replace(request, text=text + request.suffix, offset=len(text))
    (second,) = await pipeline.complete(accepted)
    assert second.text == "\n    return text"
    bodies = [item["body"] for item in server.requests(table["model"])]
    assert bodies[1]["prompt"].endswith(first.text)
    assert len([body for body in bodies if body["prompt"].endswith(first.text)]) == 1
    await pipeline.aclose()


async def test_cancelling_closes_the_connection(server: RunningServer, tmp_path: Path) -> None:
    model = "never:cancelled"
    pipeline = pipeline_of(backend(server, model), tmp_path / "u")
    asking = asyncio.create_task(pipeline.complete(_greet(tmp_path)))
    await _asked(server, model)
    asking.cancel()
    await asyncio.to_thread(server.wait_until_gone, model)
    with pytest.raises(asyncio.CancelledError):
        await asking
    await pipeline.aclose()


@pytest.mark.parametrize("how", ["edit", "newer request", "close", "end"])
async def test_a_question_about_old_text_ends_at_the_server(
    server: RunningServer, tmp_path: Path, how: str
) -> None:
    model = f"silent:{how.replace(' ', '-')}"
    pipeline = pipeline_of(backend(server, model), tmp_path / "u")
    request = _greet(tmp_path)
    asking = asyncio.create_task(pipeline.complete(request))
    await _asked(server, model)
    newer = None
    if how == "edit":
        pipeline.edited(request.root, request.path)
    elif how == "close":
        await pipeline.closed(request.root, request.path)
    elif how == "end":
        await pipeline.aclose()
    else:
        text = request.prefix + "x" + request.suffix
        newer = asyncio.create_task(pipeline.complete(replace(request, text=text, offset=request.offset + 1)))
    await asyncio.to_thread(server.wait_until_gone, model)
    assert await asking == []
    if newer is not None:
        newer.cancel()
    await pipeline.aclose()


async def test_two_documents_do_not_disturb_each_other(server: RunningServer, tmp_path: Path) -> None:
    table = says(server, "name):  # of two documents\n    pass")
    pipeline = pipeline_of(table, tmp_path / "u")
    found = await asyncio.gather(
        *(pipeline.complete(_greet(tmp_path, path=f"{name}.py")) for name in ("one", "other"))
    )
    assert [len(suggestions) for suggestions in found] == [1, 1]
    await pipeline.aclose()


async def test_a_slow_model_does_not_delay_what_is_known(server: RunningServer, tmp_path: Path) -> None:
    options = CompletionOptions(patience_ms=0, look_ahead="never")
    model = "silent:slow-model"
    pipeline = pipeline_of(backend(server, model), tmp_path / "u", options, local=lambda root: Says("name"))
    (suggestion,) = await pipeline.complete(_greet(tmp_path))
    assert (suggestion.text, suggestion.source) == ("name", LOCAL)
    await _asked(server, model)  # it goes on, for the cache
    pipeline.edited(tmp_path, "file.py")  # and is spared by what is typed
    await pipeline.closed(tmp_path, "file.py")
    await asyncio.to_thread(server.wait_until_gone, model)
    await pipeline.aclose()


async def test_a_suggestion_that_is_there_does_not_wait_for_what_speaks_to_models(
    server: RunningServer, tmp_path: Path
) -> None:
    loaded = threading.Event()

    def slowly() -> Models:
        assert loaded.wait(50)
        return models_of(table, tmp_path / "u")

    table = says(server, "title):  # loaded late")
    own = CompletionOptions(look_ahead="never")
    pipeline = CompletionPipeline(None, slowly, own, lambda root: Says("name"))
    (suggestion,) = await pipeline.complete(_greet(tmp_path))
    assert suggestion.source == LOCAL
    loaded.set()
    await _asked(server, table["model"])  # the question waited, and was asked then
    await pipeline.closed(tmp_path, "file.py")
    await pipeline.aclose()


async def test_of_many_requests_at_once_none_is_left_when_the_document_closes(
    server: RunningServer, tmp_path: Path
) -> None:
    model = "silent:many-at-once"
    pipeline = pipeline_of(backend(server, model), tmp_path / "u")
    first = asyncio.create_task(pipeline.complete(_greet(tmp_path)))
    await _asked(server, model)
    others = [
        asyncio.create_task(pipeline.complete(replace(at(f"{DOCUMENT}{letter}"), root=tmp_path)))
        for letter in "abc"
    ]
    while not first.done():  # each of the others ends it, and goes on when it has ended
        await asyncio.sleep(0)
    for _ in range(10):
        await asyncio.sleep(0)
    while not all(task.done() for task in others):
        await pipeline.closed(tmp_path, "file.py")
    assert [task.result() for task in (first, *others)] == [[], [], [], []]
    await pipeline.aclose()


async def test_warming_asks_nothing(server: RunningServer, tmp_path: Path) -> None:
    table = says(server, "title):  # warm")
    pipeline = pipeline_of(table, tmp_path / "u")
    await pipeline.warm()
    assert not server.requests(table["model"])
    await pipeline.aclose()


async def test_a_late_answer_is_found_by_typing_along_it(server: RunningServer, tmp_path: Path) -> None:
    options = CompletionOptions(patience_ms=0, look_ahead="never")
    table = says(server, "title):  # a late answer\n    return title")
    pipeline = pipeline_of(table, tmp_path / "u", options, local=lambda root: Says("name"))
    request = _greet(tmp_path)
    found = await pipeline.complete(request)
    assert [item.source for item in found] == [LOCAL]
    while found[0].source == LOCAL:
        await _asked(server, table["model"])
        found = await pipeline.complete(request)
    text = request.prefix + "t" + request.suffix
    (rest,) = await pipeline.complete(replace(request, text=text, offset=request.offset + 1))
    assert rest.text.startswith("itle)")
    assert len(server.requests(table["model"])) == 1
    await pipeline.aclose()


async def test_a_fast_model_stands_before_the_local_completer(server: RunningServer, tmp_path: Path) -> None:
    options = CompletionOptions(patience_ms=20_000, look_ahead="never")
    table = says(server, "title):\n    return title  # fast")
    pipeline = pipeline_of(table, tmp_path / "u", options, local=lambda root: Says("name"))
    found = await pipeline.complete(_greet(tmp_path))
    assert [item.source for item in found] == ["work", LOCAL]
    await pipeline.aclose()


async def test_what_both_say_is_said_once_and_surer(server: RunningServer, tmp_path: Path) -> None:
    options = CompletionOptions(patience_ms=20_000, look_ahead="never")
    table = says(server, "name):\n    return name  # both")
    pipeline = pipeline_of(table, tmp_path / "u", options, local=lambda root: Says("name):"))
    (suggestion,) = await pipeline.complete(_greet(tmp_path))
    assert (suggestion.source, suggestion.confidence) == ("work", 0.9)
    await pipeline.aclose()


async def test_who_asks_gets_several_candidates(server: RunningServer, tmp_path: Path) -> None:
    table = says(server, "one):\n    pass", "two):\n    pass", "one):\n    pass", "four")
    pipeline = pipeline_of(table, tmp_path / "u", local=lambda root: Says("local"))
    found = await pipeline.complete(_greet(tmp_path, trigger=Trigger.INVOKED))
    assert [item.text.split(")")[0] for item in found] == ["one", "two", "local"]
    temperatures = [item["body"]["temperature"] for item in server.requests(table["model"])]
    assert temperatures == sorted(set(temperatures))
    await pipeline.aclose()


async def test_a_backend_that_fails_is_left_alone_and_named(server: RunningServer, tmp_path: Path) -> None:
    model = "status:401:completion"
    pipeline = pipeline_of(backend(server, model), tmp_path / "u", local=lambda root: Says("name"))
    for number in range(3):
        request = replace(at(f"x{number} = ‸\n"), root=tmp_path)
        assert [item.source for item in await pipeline.complete(request)] == [LOCAL]
        if number == 0:
            async with asyncio.timeout(20):
                while not pipeline.problem:
                    await asyncio.sleep(0)
    assert len(server.requests(model)) == 1
    assert "work" in pipeline.problem
    await pipeline.aclose()


async def test_offline_nothing_is_sent(server: RunningServer, tmp_path: Path) -> None:
    table = says(server, "never said while offline")
    made = models_of(table, tmp_path / "u", offline=True)
    pipeline = CompletionPipeline(None, lambda: made, CompletionOptions())
    assert await pipeline.complete(_greet(tmp_path)) == []
    assert server.requests(table["model"]) == []
    assert "offline" in pipeline.problem
    await pipeline.aclose()


async def test_a_backend_that_is_not_configured_is_named(server: RunningServer, tmp_path: Path) -> None:
    table = says(server, "x")
    pipeline = pipeline_of(table, tmp_path / "u", CompletionOptions(backend="wrok"))
    assert await pipeline.complete(_greet(tmp_path)) == []
    assert '"wrok"' in pipeline.problem
    await pipeline.aclose()


async def test_ignored_documents_and_fragments_are_not_sent(server: RunningServer, tmp_path: Path) -> None:
    (tmp_path / ".assistignore").write_text("private.py\n")
    words = "alpha beta gamma delta epsilon zeta"
    table = says(server, f"name):  # {words}\n    pass")
    pipeline = pipeline_of(table, tmp_path / "u")
    assert await pipeline.complete(_greet(tmp_path, path="private.py")) == []
    assert server.requests(table["model"]) == []
    request = replace(at(f"# {words}\ndef greet(‸\n"), root=tmp_path)
    recent = (
        RecentFile("private.py", f"# {words} hidden\n", "python"),
        RecentFile("open.py", f"# {words} visible\n", "python"),
    )
    await pipeline.complete(replace(request, recent=recent))
    (asked,) = server.requests(table["model"])
    assert "visible" in asked["body"]["prompt"]
    assert "hidden" not in json.dumps(asked["body"])
    await pipeline.aclose()


async def test_secrets_are_redacted_and_no_question_cuts_one(server: RunningServer, tmp_path: Path) -> None:
    secret = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    table = says(server, "name):  # secrets\n    pass")
    pipeline = pipeline_of(table, tmp_path / "u", CompletionOptions(in_strings=True, look_ahead="never"))
    request = replace(at(f'token = "{secret}"\ndef greet(‸\n'), root=tmp_path)
    assert await pipeline.complete(request) != []
    inside = replace(at(f'token = "{secret[:20]}‸{secret[20:]}"\n'), root=tmp_path, trigger=Trigger.INVOKED)
    assert await pipeline.complete(inside) == []
    (asked,) = server.requests(table["model"])
    assert secret not in json.dumps(asked["body"])
    assert "<redacted:" in asked["body"]["prompt"]
    await pipeline.aclose()


async def test_feedback_is_counted_and_a_rejected_suggestion_stays_away(tmp_path: Path) -> None:
    pipeline = CompletionPipeline(None, None, CompletionOptions(), lambda root: Says("name"))
    request = _greet(tmp_path)
    (suggestion,) = await pipeline.complete(request)
    assert pipeline.shown(suggestion.id)
    assert pipeline.partially_accepted(suggestion.id, 2)
    assert pipeline.rejected(suggestion.id)
    assert not pipeline.accepted("unknown")
    counts = {tally.outcome.value: tally.count for tally in pipeline.tallies()}
    assert counts == {"offered": 1, "shown": 1, "partially accepted": 1, "rejected": 1}
    assert await pipeline.complete(request) == []
    assert len(await pipeline.complete(replace(request, trigger=Trigger.INVOKED))) == 1


class Checker:
    """Finds the word `copied`."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, range | None]] = []

    def check(self, text: str, path: str, lines: range | None = None) -> Sequence[object]:
        self.seen.append((text, path, lines))
        return ["copied"] if "copied" in text else []


async def test_suggestions_are_checked_for_copied_code_in_their_place(
    server: RunningServer, tmp_path: Path
) -> None:
    checker = Checker()
    answer = "name):\n    copied = name + name + name + name + name\n    return copied"
    pipeline = pipeline_of(says(server, answer), tmp_path / "u", checker=checker)
    (suggestion,) = await pipeline.complete(_greet(tmp_path))
    assert suggestion.copies == ("copied",)
    (text, path, lines) = checker.seen[0]
    assert (path, lines) == (str(tmp_path / "file.py"), range(4, 7))
    assert text == DOCUMENT.replace("‸", answer)
    await pipeline.aclose()


async def test_short_suggestions_are_not_checked(tmp_path: Path) -> None:
    checker = Checker()
    pipeline = CompletionPipeline(None, None, CompletionOptions(), lambda root: Says("copied"), checker)
    (suggestion,) = await pipeline.complete(_greet(tmp_path))
    assert suggestion.copies == ()
    assert checker.seen == []


async def test_the_way_to_ask_is_found_by_trying(server: RunningServer, tmp_path: Path) -> None:
    table = says(server, FILLED, "name):\n    return name  # after a trial", fill_in_the_middle="auto")
    pipeline = pipeline_of(table, tmp_path / "u")
    (suggestion,) = await pipeline.complete(_greet(tmp_path))
    assert suggestion.text.startswith("name):")
    trial, asked = server.requests(table["model"])
    assert "harvest" in trial["body"]["prompt"]
    assert asked["body"]["suffix"].endswith("print(os.name)\n")
    await pipeline.aclose()


async def _asked(server: RunningServer, model: str) -> None:
    """Return once the server has got a request for a model."""
    until = time.monotonic() + 20
    while not await asyncio.to_thread(server.requests, model):
        assert time.monotonic() < until
