"""Recipes and edits in the real server: listed, run with and without a model, taken hunk by hunk, refused if stale."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from lsprotocol import types

from tests.lsp.conftest import FILES, write_files
from tests.lsp.editor import PATIENCE_S, Editor, capabilities, edit, editing, plain
from tests.servers.answering import model_that_says
from tests.servers.launch import RunningServer, running

pytestmark = pytest.mark.asyncio(loop_scope="module")

POOL = FILES["src/pool.py"]
CHANGED = (
    "```python\n"
    "    def acquire(self, host):\n"
    '        """Take a connection."""\n'
    "        return self._idle.pop(host)\n\n"
    "    def release(self, connection):\n"
    '        """Give a connection back."""\n'
    "        self._idle.append(connection)\n"
    "```\n"
)
WHOLE = {"start": {"line": 6, "character": 0}, "end": {"line": 12, "character": 0}}
EDITS = types.WorkspaceClientCapabilities(
    apply_edit=True,
    configuration=True,
    workspace_folders=True,
    workspace_edit=types.WorkspaceEditClientCapabilities(
        document_changes=True,
        resource_operations=[types.ResourceOperationKind.Create],
        change_annotation_support=types.ChangeAnnotationsSupportOptions(),
    ),
)


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    with running("answering") as started:
        yield started


class Making:
    """An editor that makes the edits that the server asks for, or refuses them."""

    def __init__(self, editor: Editor, root: Path) -> None:
        self.editor = editor
        self.root = root
        self.edits: list[types.WorkspaceEdit] = []
        self.agrees = True
        features = editor.client.protocol.fm.features
        features.pop(types.WORKSPACE_APPLY_EDIT, None)
        editor.client.feature(types.WORKSPACE_APPLY_EDIT)(lambda params: self._apply(params))

    def _apply(self, params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        self.edits.append(params.edit)
        return types.ApplyWorkspaceEditResult(self.agrees, None if self.agrees else "the user said no")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def making(tmp_path_factory: pytest.TempPathFactory, server: RunningServer) -> AsyncIterator[Making]:
    shop = write_files(tmp_path_factory.mktemp("work") / "shop", FILES)
    home = tmp_path_factory.mktemp("home")
    (home / "config" / "recipes").mkdir(parents=True)
    (home / "config" / "recipes" / "haiku.md").write_text(
        "---\nname: haiku\ndescription: A poem\n---\nWrite one.\n"
    )
    (home / "config" / "config.toml").write_text(
        f'[backends.local]\nkind = "openai"\nurl = "{server.url}/v1"\nmodel = "{model_that_says(CHANGED)}"\n'
    )
    async with editing(home, shop, client_capabilities=capabilities(workspace=EDITS)) as started:
        await started.ready()
        yield Making(started, shop)


def selection(uri: str, span: dict[str, Any] = WHOLE) -> dict[str, Any]:
    return {"uri": uri, "range": span}


@pytest.fixture
def pool(making: Making) -> Iterator[str]:
    with making.editor.opened(making.root / "src/pool.py") as uri:
        yield uri


async def test_recipes_are_listed_with_the_users_own(making: Making) -> None:
    found = await making.editor.request("assist/recipes/list")
    named = {item["name"]: item for item in found["recipes"]}
    assert named["fix"]["mode"] == "edit"
    assert named["fix"]["needsTarget"]
    assert named["haiku"]["origin"] == "user"
    assert found["problems"] == []


async def test_without_a_model_the_index_tells_what_it_knows(making: Making, pool: str) -> None:
    params = {"recipe": "explain", "selection": selection(pool), "backend": "none"}
    result = await making.editor.request("assist/recipes/run", params)
    assert result["outcome"] == "facts"
    assert "src/pool.py:" in result["text"]
    assert "needs a language model" in result["notes"][0]


async def test_an_explanation_streams_with_checked_citations(making: Making, pool: str) -> None:
    says = model_that_says("It keeps connections [src/pool.py:4-12], unlike [src/none.py:1-2].")
    params = {"recipe": "explain", "selection": selection(pool), "model": says, "partialResultToken": "r-1"}
    result = await making.editor.request("assist/recipes/run", params)
    assert result["outcome"] == "answer"
    assert result["citations"] == {"checked": 2, "true": 1, "untrue": 1, "flagged": 0}
    kinds = [event["kind"] for event in making.editor.streamed["r-1"]]
    assert kinds[0] == "context"
    assert {"citation", "untrueCitation"} <= set(kinds)


async def test_an_edit_is_proposed_and_taken_hunk_by_hunk(making: Making, pool: str) -> None:
    params = {"selection": selection(pool), "instruction": "document it"}
    proposal = await making.editor.request("assist/edit/propose", params)
    assert not proposal["isNew"]
    assert proposal["version"] == 1
    assert [hunk["index"] for hunk in proposal["hunks"]] == [0, 1]
    making.edits.clear()
    second = await making.editor.request("assist/edit/apply", {"id": proposal["id"], "hunks": [1]})
    assert second == {"applied": True, "left": [0], "reason": ""}
    (change,) = making.edits[0].document_changes or ()
    assert isinstance(change, types.TextDocumentEdit)
    assert change.text_document.version == 1
    (made,) = change.edits
    assert isinstance(made, types.TextEdit)
    assert made.range.start.line == 10
    with pytest.raises(Exception, match="has changed since"):  # the editor has not told of the change yet
        await making.editor.request("assist/edit/apply", {"id": proposal["id"]})
    start, end = made.range.start, made.range.end
    making.editor.change(
        pool, 2, edit((start.line, start.character), (end.line, end.character), made.new_text)
    )
    rest = await making.editor.request("assist/edit/apply", {"id": proposal["id"]})
    assert rest == {"applied": True, "left": [], "reason": ""}
    with pytest.raises(Exception, match="no proposal"):
        await making.editor.request("assist/edit/apply", {"id": proposal["id"]})


async def test_an_edit_for_a_text_that_has_changed_is_refused(making: Making, pool: str) -> None:
    params = {"selection": selection(pool), "instruction": "document it"}
    proposal = await making.editor.request("assist/edit/propose", params)
    making.edits.clear()
    making.editor.change(pool, 2, edit((0, 0), (0, 0), "# new\n"))
    with pytest.raises(Exception, match=r"src/pool\.py has changed since the edit was proposed"):
        await making.editor.request("assist/edit/apply", {"id": proposal["id"]})
    assert making.edits == []
    assert await making.editor.request("assist/edit/reject", {"id": proposal["id"]}) == {"known": True}
    assert await making.editor.request("assist/edit/reject", {"id": proposal["id"]}) == {"known": False}


async def test_the_user_may_say_no_in_the_preview(making: Making, pool: str) -> None:
    params = {"selection": selection(pool), "instruction": "document it"}
    proposal = await making.editor.request("assist/edit/propose", params)
    making.edits.clear()
    making.agrees = False
    try:
        applied = await making.editor.request("assist/edit/apply", {"id": proposal["id"], "preview": True})
    finally:
        making.agrees = True
    assert applied == {"applied": False, "left": [0, 1], "reason": "the user said no"}
    annotations = making.edits[0].change_annotations
    assert annotations is not None
    assert all(item.needs_confirmation for item in annotations.values())


async def test_new_tests_are_a_new_file(making: Making, pool: str) -> None:
    says = model_that_says("```python\ndef test_acquire():\n    assert 1 + 1 == 2\n```")
    params = {"recipe": "test", "selection": selection(pool), "model": says}
    result = await making.editor.request("assist/recipes/run", params)
    proposal = result["edit"]
    assert proposal["isNew"]
    making.edits.clear()
    assert (await making.editor.request("assist/edit/apply", {"id": proposal["id"]}))["applied"]
    create, change = making.edits[0].document_changes or ()
    assert isinstance(create, types.CreateFile)
    assert create.uri == proposal["uri"]
    assert isinstance(change, types.TextDocumentEdit)


async def test_an_answer_without_a_change_is_refused(making: Making, pool: str) -> None:
    says = model_that_says("I would rather not.")
    params = {"selection": selection(pool), "instruction": "document it", "model": says}
    with pytest.raises(Exception, match="holds no change"):
        await making.editor.request("assist/edit/propose", params)


async def test_cancelling_closes_the_connection_to_the_model(
    making: Making, server: RunningServer, pool: str
) -> None:
    params = {
        "recipe": "explain",
        "selection": selection(pool),
        "model": "stall:r",
        "partialResultToken": "r-2",
    }
    protocol: Any = making.editor.client.protocol
    waiting = asyncio.ensure_future(protocol.send_request_async("assist/recipes/run", params, msg_id="run-1"))
    await making.editor.until(lambda: len(making.editor.streamed.get("r-2", [])) >= 2)
    protocol.notify(types.CANCEL_REQUEST, types.CancelParams("run-1"))
    await asyncio.to_thread(server.wait_until_gone, "stall:r")
    with pytest.raises(Exception, match="cancelled"):
        await waiting


async def test_the_command_shows_the_answer_and_makes_the_change(making: Making, pool: str) -> None:
    editor = making.editor

    async def command(argument: dict[str, Any]) -> Any:
        params = types.ExecuteCommandParams("assist.recipe.run", arguments=[argument])
        return plain(
            await asyncio.wait_for(editor.client.workspace_execute_command_async(params), PATIENCE_S)
        )

    editor.messages.clear()
    told = await command({"recipe": "explain", "selection": selection(pool), "backend": "none"})
    assert told["outcome"] == "facts"
    assert "src/pool.py:" in editor.messages[0]
    making.edits.clear()
    await command({"recipe": "docstring", "selection": selection(pool)})
    assert len(making.edits) == 1


async def test_hostile_arguments_are_answered(making: Making, pool: str) -> None:
    editor = making.editor
    far = {"start": {"line": 2**31 - 1, "character": 9}, "end": {"line": 0, "character": 0}}
    for method, params, message in (
        ("assist/recipes/run", {}, "recipe is missing"),
        ("assist/recipes/run", {"recipe": "fux", "selection": selection(pool)}, 'did you mean "fix"'),
        ("assist/recipes/run", {"recipe": "fix"}, "works on code"),
        ("assist/recipes/run", {"recipe": "fix", "target": "../../etc/passwd"}, "passwd"),
        ("assist/recipes/run", {"recipe": "fix", "selection": selection("file:///none")}, "is not open"),
        (
            "assist/recipes/run",
            {"recipe": "explain", "selection": selection(pool), "instruction": "x"},
            "takes no",
        ),
        ("assist/recipes/run", {"recipe": "fix", "folder": "file:///none"}, "is no folder"),
        (
            "assist/recipes/run",
            {"recipe": "fix", "staged": True, "revision": "-x", "target": "README.md"},
            "exclude",
        ),
        ("assist/edit/apply", {"id": "e0"}, "no proposal"),
        ("assist/edit/apply", {"id": 7}, "must be a text"),
        ("assist/edit/apply", {"id": "e1", "hunks": ["0"]}, "whole number"),
        ("assist/recipes/list", {"folder": "file:///none"}, "is no folder"),
    ):
        with pytest.raises(Exception, match=message):
            await editor.request(method, params)
    result = await editor.request(
        "assist/recipes/run", {"recipe": "explain", "selection": selection(pool, far), "backend": "none"}
    )
    assert result["outcome"] == "facts"
    broken: tuple[list[Any], ...] = ([], [None], [{}, {}], ["explain"])
    for arguments in broken:
        command = types.ExecuteCommandParams("assist.recipe.run", arguments=arguments)
        with pytest.raises(Exception, match=r"params|argument"):
            await asyncio.wait_for(editor.client.workspace_execute_command_async(command), PATIENCE_S)
