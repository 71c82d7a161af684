"""Completions in the real server: ghost text and lists, from the repository alone and with a model, and their ends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from lsprotocol import types

from tests.lsp.conftest import write_files
from tests.lsp.editor import PATIENCE_S, Editor, capabilities, edit, editing
from tests.servers.answering import model_that_says
from tests.servers.launch import RunningServer, running

pytestmark = pytest.mark.asyncio(loop_scope="module")


def _handler(name: str) -> str:
    return (
        f"def get_{name}(request):\n"
        f'    {name} = find_{name}(request.params["id"])\n'
        f"    if {name} is None:\n"
        '        return Response(status=404, body="not found")\n'
        f"    return Response(status=200, body=json.dumps({name}.as_dict()))\n\n\n"
    )


HANDLERS = "import json\n\nfrom web import Response\n\n\n" + "".join(
    map(_handler, ("user", "order", "invoice"))
)
TYPED = "def get_thing(request):\n    thing = find_thing(request."
REST = 'params["id"])'


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {
        f"web/{name}.py": "from web import find\n\n\n" + _handler(name) for name in ("tea", "cup", "pot")
    }
    return write_files(tmp_path_factory.mktemp("work") / "web", {"web/handlers.py": HANDLERS, **files})


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def editor(tmp_path_factory: pytest.TempPathFactory, web: Path) -> AsyncIterator[Editor]:
    async with editing(tmp_path_factory.mktemp("home"), web) as started:
        await started.ready()
        yield started


def end_of(text: str) -> types.Position:
    lines = text.split("\n")
    return types.Position(len(lines) - 1, len(lines[-1].encode("utf-16-le")) // 2)


async def inline(
    editor: Editor,
    uri: str,
    position: types.Position,
    kind: types.InlineCompletionTriggerKind = types.InlineCompletionTriggerKind.Automatic,
    selected: types.SelectedCompletionInfo | None = None,
) -> list[types.InlineCompletionItem]:
    context = types.InlineCompletionContext(trigger_kind=kind, selected_completion_info=selected)
    params = types.InlineCompletionParams(context, types.TextDocumentIdentifier(uri), position)
    future = editor.client.text_document_inline_completion_async(params)
    found = await asyncio.wait_for(future, PATIENCE_S)
    assert isinstance(found, list)
    return found


async def suggested(
    editor: Editor, uri: str, position: types.Position, **more: Any
) -> list[types.InlineCompletionItem]:
    """What is suggested in the end: on a busy machine there may be no time for an answer at first."""
    async with asyncio.timeout(PATIENCE_S):
        while not (found := await inline(editor, uri, position, **more)):
            pass
    return found


async def listed(editor: Editor, uri: str, position: types.Position) -> types.CompletionList:
    context = types.CompletionContext(types.CompletionTriggerKind.TriggerCharacter, ".")
    params = types.CompletionParams(types.TextDocumentIdentifier(uri), position, context)
    found = await asyncio.wait_for(editor.client.text_document_completion_async(params), PATIENCE_S)
    assert isinstance(found, types.CompletionList)
    return found


def note_of(item: Any) -> dict[str, Any]:
    assert item.command is not None
    (argument,) = item.command.arguments
    return dict(argument if isinstance(argument, dict) else argument._asdict())


async def test_the_capabilities_are_advertised(editor: Editor) -> None:
    assert editor.result is not None
    offered = editor.result.capabilities
    assert offered.inline_completion_provider is not None
    assert offered.completion_provider is not None
    assert offered.completion_provider.resolve_provider
    assert offered.execute_command_provider is not None
    assert "assist.completion.accepted" in offered.execute_command_provider.commands


async def test_the_repository_completes_a_line(editor: Editor, web: Path) -> None:
    with editor.opened(web / "web/new.py", HANDLERS + TYPED) as uri:
        (item,) = await suggested(editor, uri, end_of(HANDLERS + TYPED))
    assert isinstance(item.insert_text, str)
    assert REST.startswith(item.insert_text)
    assert len(item.insert_text) >= 4
    end = end_of(HANDLERS + TYPED)
    assert item.range == types.Range(end, end)
    assert note_of(item)["source"] == "local"


async def test_what_is_typed_counts_at_once(editor: Editor, web: Path) -> None:
    with editor.opened(web / "web/new.py", HANDLERS) as uri:
        end = end_of(HANDLERS)
        editor.change(uri, 2, edit((end.line, 0), (end.line, 0), "# 😀 " + TYPED.replace("\n", "\n  # 😀\n")))
        text = HANDLERS + "# 😀 " + TYPED.replace("\n", "\n  # 😀\n")
        (item,) = await suggested(editor, uri, end_of(text))
        assert isinstance(item.insert_text, str)
        assert REST.startswith(item.insert_text)


async def test_a_selected_entry_of_the_list_is_gone_on_with(editor: Editor, web: Path) -> None:
    text = HANDLERS + TYPED + "par"
    with editor.opened(web / "web/new.py", text) as uri:
        end = end_of(text)
        word = types.Range(types.Position(end.line, end.character - 3), end)
        (item,) = await suggested(editor, uri, end, selected=types.SelectedCompletionInfo(word, "params"))
    assert isinstance(item.insert_text, str)
    assert REST.startswith(item.insert_text)
    assert len(item.insert_text) > len("params")
    assert item.range == word


async def test_nothing_is_suggested_for_a_text_that_has_changed(editor: Editor, web: Path) -> None:
    with editor.opened(web / "web/new.py", HANDLERS + TYPED) as uri:
        end = end_of(HANDLERS + TYPED)
        with editor.at_once():
            waiting = asyncio.ensure_future(inline(editor, uri, end))
            await asyncio.sleep(0)  # the request is sent before the change
            editor.change(uri, 2, edit((0, 0), (0, 0), "\n"))
        assert await waiting == []


async def test_a_rejected_suggestion_does_not_come_up_again(editor: Editor, web: Path) -> None:
    text = HANDLERS + TYPED
    with editor.opened(web / "web/rejected.py", text) as uri:
        (item,) = await suggested(editor, uri, end_of(text))
        name = note_of(item)["id"]
        editor.client.protocol.notify("assist/completion/shown", {"id": name})
        editor.client.protocol.notify("assist/completion/rejected", {"id": name})
        assert await inline(editor, uri, end_of(text)) == []
        by_hand = await suggested(editor, uri, end_of(text), kind=types.InlineCompletionTriggerKind.Invoked)
        # Who asks by hand may get more of the line: there is more time, and less has to be sure.
        assert str(by_hand[0].insert_text).startswith(str(item.insert_text))


async def test_a_suggestion_can_be_asked_about_and_accepted_by_its_command(editor: Editor, web: Path) -> None:
    with editor.opened(web / "web/new.py", HANDLERS + TYPED) as uri:
        (item,) = await suggested(editor, uri, end_of(HANDLERS + TYPED))
        note = note_of(item)
        told = await editor.request("assist/completion/about", {"id": note["id"]})
        assert told == {"id": note["id"], "source": "local", "copies": []}
        assert await editor.request("assist/completion/about", {"id": "s-none"}) is None
        command = types.ExecuteCommandParams("assist.completion.accepted", arguments=[note])
        await asyncio.wait_for(editor.client.workspace_execute_command_async(command), PATIENCE_S)
        editor.client.protocol.notify(
            "assist/completion/partiallyAccepted", {"id": note["id"], "text": "par"}
        )
        await editor.request("assist/completion/about", {"id": note["id"]})


async def test_clients_without_ghost_text_get_a_list(editor: Editor, web: Path) -> None:
    text = HANDLERS + TYPED + "par"
    with editor.opened(web / "web/new.py", text) as uri:
        await suggested(editor, uri, end_of(text))
        found = await listed(editor, uri, end_of(text))
        (item,) = found.items
        assert found.is_incomplete
        edited = item.text_edit
        assert isinstance(edited, types.TextEdit)
        end = end_of(text)
        assert edited.range == types.Range(types.Position(end.line, end.character - 3), end)
        assert REST.startswith(edited.new_text)
        assert item.filter_text is not None
        assert item.filter_text.startswith("par")
        resolved = await asyncio.wait_for(editor.client.completion_item_resolve_async(item), PATIENCE_S)
        assert resolved.documentation == edited.new_text.removeprefix("par")


@pytest.mark.parametrize(("wanted", "is_shown"), [("auto", False), ("always", True)])
async def test_nothing_shows_twice(tmp_path: Path, web: Path, wanted: str, is_shown: bool) -> None:
    ghost = types.TextDocumentClientCapabilities(inline_completion=types.InlineCompletionClientCapabilities())
    settings = {"completion": {"list": wanted}}
    both = capabilities(text_document=ghost)
    async with editing(tmp_path / "home", web, settings=settings, client_capabilities=both) as started:
        await started.ready()
        with started.opened(web / "web/new.py", HANDLERS + TYPED) as uri:
            assert await suggested(started, uri, end_of(HANDLERS + TYPED))
            assert bool((await listed(started, uri, end_of(HANDLERS + TYPED))).items) is is_shown


async def test_lists_are_offered_once_they_are_wanted(tmp_path: Path, web: Path) -> None:
    both = types.TextDocumentClientCapabilities(
        inline_completion=types.InlineCompletionClientCapabilities(),
        completion=types.CompletionClientCapabilities(dynamic_registration=True),
    )
    able = capabilities(text_document=both)
    async with editing(tmp_path / "home", web, client_capabilities=able) as started:
        assert started.result is not None
        assert started.result.capabilities.completion_provider is None
        await started.ready()
        assert "textDocument/completion" not in started.registered
        started.settings = {"completion": {"list": "always"}}
        started.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=None))
        await started.until(lambda: "textDocument/completion" in started.registered)
        with started.opened(web / "web/new.py", HANDLERS + TYPED) as uri:
            assert (await listed(started, uri, end_of(HANDLERS + TYPED))).items


async def test_switched_off_there_is_nothing(tmp_path: Path, web: Path) -> None:
    async with editing(tmp_path / "home", web, settings={"completion": {"enabled": False}}) as started:
        await started.ready()
        with started.opened(web / "web/new.py", HANDLERS + TYPED) as uri:
            assert await inline(started, uri, end_of(HANDLERS + TYPED)) == []


# With a model


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    with running("answering") as started:
        yield started


def _home(folder: Path, server: RunningServer, model: str) -> Path:
    (folder / "config").mkdir(parents=True)
    (folder / "config" / "config.toml").write_text(
        f'[backends.work]\nkind = "openai"\nurl = "{server.url}/mistral/v1"\nmodel = "{model}"\n'
        'fill_in_the_middle = "fim"\n'
    )
    return folder


async def test_a_model_completes(tmp_path: Path, web: Path, server: RunningServer) -> None:
    home = _home(tmp_path, server, model_that_says("strange_name(42)"))
    async with editing(home, web) as started:
        text = "import json\n\nanswer = "
        with started.opened(web / "web/new.py", text) as uri:
            found = await inline(started, uri, end_of(text), types.InlineCompletionTriggerKind.Invoked)
    assert [(item.insert_text, note_of(item)["source"]) for item in found] == [("strange_name(42)", "work")]


@pytest.mark.parametrize("way", ["cancelled", "edited"])
async def test_what_is_not_wanted_any_more_closes_the_connection(
    tmp_path: Path, web: Path, server: RunningServer, way: str
) -> None:
    model = f"silent:{way}"
    async with editing(_home(tmp_path, server, model), web) as started:
        text = "import json\n\nanswer = "
        with started.opened(web / "web/new.py", text) as uri:
            end = end_of(text)
            context = types.InlineCompletionContext(types.InlineCompletionTriggerKind.Invoked)
            params = types.InlineCompletionParams(context, types.TextDocumentIdentifier(uri), end)
            protocol: Any = started.client.protocol
            waiting = protocol.send_request_async("textDocument/inlineCompletion", params, msg_id="one")
            waiting = asyncio.ensure_future(waiting)
            await asyncio.to_thread(_until_asked, server, model)
            if way == "cancelled":
                protocol.notify("$/cancelRequest", types.CancelParams("one"))
                with pytest.raises(Exception, match="cancelled"):
                    await waiting
            else:
                started.change(uri, 2, edit((0, 0), (0, 0), "\n"))
                assert await waiting == []
            await asyncio.to_thread(server.wait_until_gone, model)


def _until_asked(server: RunningServer, model: str) -> None:
    until_s = time.monotonic() + PATIENCE_S
    while not server.requests(model):
        assert time.monotonic() < until_s, "the model was not asked"


async def test_hostile_arguments_are_answered(editor: Editor, web: Path) -> None:
    protocol: Any = editor.client.protocol
    with pytest.raises(Exception, match="not open"):
        await inline(editor, "file:///none.py", types.Position(0, 0))
    for params in ({"id": 1}, {}, {"id": None}, {"text": "x"}):
        with pytest.raises(Exception, match="params"):
            await editor.request("assist/completion/about", params)
        protocol.notify("assist/completion/shown", params)
        protocol.notify("assist/completion/partiallyAccepted", params)
    broken: tuple[list[Any], ...] = ([], [None], [7], [{"id": []}], ["x", "y", "z"])
    for arguments in broken:
        command = types.ExecuteCommandParams("assist.completion.accepted", arguments=arguments)
        await asyncio.wait_for(editor.client.workspace_execute_command_async(command), PATIENCE_S)
    with editor.opened(web / "web/new.py", "x = 1\n") as uri:
        for position in (types.Position(99, 99), types.Position(0, 2**31 - 1)):
            assert isinstance(await inline(editor, uri, position), list)
        outside = types.Range(types.Position(9, 9), types.Position(8, 0))
        info = types.SelectedCompletionInfo(outside, "z" * 10_000)
        assert isinstance(await inline(editor, uri, types.Position(0, 0), selected=info), list)
        item = types.CompletionItem(label="x", data={"id": ["s1"]})
        assert (
            await asyncio.wait_for(editor.client.completion_item_resolve_async(item), PATIENCE_S)
        ).label == "x"
