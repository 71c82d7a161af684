"""Copied code in the real server: a function of an installed package is pasted, marked, explained and settled."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from lsprotocol import types

from tests.lsp.conftest import FILES, write_files
from tests.lsp.editor import PATIENCE_S, Editor, capabilities, edit, editing
from tests.servers.answering import model_that_says
from tests.servers.launch import RunningServer, running

pytestmark = pytest.mark.asyncio(loop_scope="module")

COPIED = '''def steeping_schedule(leaves, kettle, minutes_by_variety):
    """Plan when each pot of tea is to be taken off its leaves."""
    schedule = {}
    for variety, grams in sorted(leaves.items()):
        if variety not in minutes_by_variety:
            raise UnknownVariety(f"no steeping time for {variety!r}")
        temperature = kettle.temperature_for(variety, grams)
        minutes = minutes_by_variety[variety] * (1 + grams / 250)
        if temperature < kettle.boiling_point - 20:
            minutes += kettle.cooling_allowance(variety)
        schedule[variety] = Steeping(variety, temperature, round(minutes, 1))
    return [schedule[name] for name in sorted(schedule, key=lambda name: schedule[name].minutes)]
'''
LIBRARY = '"""Makes tea."""\n\nfrom teatools.model import Steeping, UnknownVariety\n\n\n' + COPIED
GREEN = COPIED.replace("steeping_schedule", "green").replace("kettle", "urn")
OWN = "def unrelated():\n    return 42\n\n\n"
PULLS = capabilities(
    text_document=types.TextDocumentClientCapabilities(diagnostic=types.DiagnosticClientCapabilities()),
    workspace=types.WorkspaceClientCapabilities(
        diagnostics=types.DiagnosticWorkspaceClientCapabilities(refresh_support=True)
    ),
)
START = LIBRARY[: LIBRARY.index(COPIED)].count("\n") + 1
LINES = COPIED.count("\n")


def _package(name: str, licence: str, text: str) -> dict[str, str]:
    info = f".venv/lib/python3.11/site-packages/{name}-1.2.dist-info"
    metadata = f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.2\nLicense-Expression: {licence}\n"
    return {
        f".venv/lib/python3.11/site-packages/{name}/__init__.py": text,
        f"{info}/METADATA": metadata,
        f"{info}/RECORD": f"{name}/__init__.py,,\n{name}-1.2.dist-info/METADATA,,\n",
    }


class Marks:
    """An editor that shows the marks that the server sends."""

    def __init__(self, editor: Editor) -> None:
        self.editor = editor
        self.published: list[types.PublishDiagnosticsParams] = []
        self.shown: list[types.ShowDocumentParams] = []
        # The client library takes an action that has a command for a command.
        converter = editor.client.protocol._converter
        converter.register_structure_hook(
            types.Command | types.CodeAction,
            lambda data, _: converter.structure(
                data, types.Command if isinstance(data.get("command"), str) else types.CodeAction
            ),
        )
        features = editor.client.protocol.fm.features
        features.pop(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, None)
        features.pop(types.WINDOW_SHOW_DOCUMENT, None)
        editor.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda params: self._publish(params))
        editor.client.feature(types.WINDOW_SHOW_DOCUMENT)(lambda params: self._show(params))

    def _publish(self, params: types.PublishDiagnosticsParams) -> None:
        self.published.append(params)
        self.editor.note()

    def _show(self, params: types.ShowDocumentParams) -> types.ShowDocumentResult:
        self.shown.append(params)
        self.editor.note()
        return types.ShowDocumentResult(True)

    def at(self, uri: str, version: int) -> list[types.Diagnostic] | None:
        """The last marks of a version; None if none were sent."""
        found = [item for item in self.published if (item.uri, item.version) == (uri, version)]
        return list(found[-1].diagnostics) if found else None


def _shop(folder: Path) -> Path:
    files = dict(FILES)
    files |= {".venv/pyvenv.cfg": "home = /usr/bin\n", ".gitignore": ".venv\n"}
    files |= _package("teatools", "MIT", LIBRARY)
    files |= _package("greentea", "GPL-3.0-only", LIBRARY.replace(COPIED, GREEN))
    shop = write_files(folder / "shop", files)
    for command in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-qm", "a"],
    ):
        subprocess.run(["git", *command], cwd=shop, check=True)
    return shop


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    with running("answering") as started:
        yield started


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def marks(tmp_path_factory: pytest.TempPathFactory, server: RunningServer) -> AsyncIterator[Marks]:
    able = types.WindowClientCapabilities(
        work_done_progress=True, show_document=types.ShowDocumentClientCapabilities(True)
    )
    text = types.TextDocumentClientCapabilities(
        hover=types.HoverClientCapabilities(content_format=[types.MarkupKind.Markdown]),
        publish_diagnostics=types.PublishDiagnosticsClientCapabilities(
            related_information=True, code_description_support=True, data_support=True
        ),
    )
    able_to = capabilities(window=able, text_document=text)
    shop = _shop(tmp_path_factory.mktemp("work"))
    home = tmp_path_factory.mktemp("home")
    (home / "config").mkdir()
    model = model_that_says(f"Here:\n\n```python\n{GREEN}```\nThat is all.\n")
    (home / "config" / "config.toml").write_text(
        f'[backends.local]\nkind = "openai"\nurl = "{server.url}/v1"\nmodel = "{model}"\n'
        '[completion]\nbackend = "none"\n'
    )
    async with editing(home, shop, client_capabilities=able_to) as started:
        shown = Marks(started)
        shown.shop = shop  # type: ignore[attr-defined]
        yield shown


@pytest.fixture
def shop(marks: Marks) -> Path:
    marks.published.clear()
    found: Path = marks.shop  # type: ignore[attr-defined]
    return found


def _end(text: str) -> tuple[int, int]:
    return text.count("\n"), 0


async def _marked(marks: Marks, uri: str, version: int) -> list[types.Diagnostic]:
    await marks.editor.until(lambda: bool(marks.at(uri, version)))
    return marks.at(uri, version) or []


async def test_a_pasted_function_is_marked_with_its_source_and_licence(marks: Marks, shop: Path) -> None:
    with marks.editor.opened(shop / "src/new.py", OWN) as uri:
        marks.editor.change(uri, 2, edit(_end(OWN), _end(OWN), COPIED))
        found = await _marked(marks, uri, 2)
        mark = found[0]
        assert mark.source == "assist"
        assert mark.code == "copied-code"
        assert "teatools 1.2 (MIT" in mark.message
        assert abs(mark.range.start.line - OWN.count("\n")) <= 1
        assert mark.code_description is not None
        assert mark.code_description.href == "https://spdx.org/licenses/MIT.html"
        (related,) = mark.related_information or ()
        assert related.location.uri.endswith("/teatools/__init__.py")
        assert abs(related.location.range.start.line - (START - 1)) <= 1


async def test_what_was_there_before_is_not_marked(marks: Marks, shop: Path) -> None:
    file = shop / "src/old.py"
    file.write_text(OWN + COPIED)
    subprocess.run(["git", "add", "src/old.py"], cwd=shop, check=True)
    who = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
    subprocess.run(["git", *who, "commit", "-qm", "b"], cwd=shop, check=True)
    with marks.editor.opened(file) as uri:
        marks.editor.change(uri, 2, edit((0, 0), (0, 0), "# a comment\n"))
        await marks.editor.until(lambda: marks.at(uri, 2) is not None)
        assert marks.at(uri, 2) == []


async def test_a_hover_shows_both_passages(marks: Marks, shop: Path) -> None:
    with marks.editor.opened(shop / "src/new.py", OWN + COPIED) as uri:
        await _marked(marks, uri, 1)
        place = types.TextDocumentIdentifier(uri)
        params = types.HoverParams(place, types.Position(OWN.count("\n") + 2, 3))
        hover = await asyncio.wait_for(marks.editor.client.text_document_hover_async(params), PATIENCE_S)
        assert hover is not None
        assert isinstance(hover.contents, types.MarkupContent)
        assert hover.contents.value.count("minutes_by_variety[variety]") == 2
        assert "MIT" in hover.contents.value
        nothing = types.HoverParams(place, types.Position(0, 0))
        assert (
            await asyncio.wait_for(marks.editor.client.text_document_hover_async(nothing), PATIENCE_S) is None
        )


async def _actions(marks: Marks, uri: str, line: int, **more: Any) -> list[types.CodeAction]:
    span = types.Range(types.Position(line, 0), types.Position(line, 0))
    context = types.CodeActionContext(more.pop("diagnostics", []), **more)
    params = types.CodeActionParams(types.TextDocumentIdentifier(uri), span, context)
    found = await asyncio.wait_for(marks.editor.client.text_document_code_action_async(params), PATIENCE_S)
    return [item for item in found or () if isinstance(item, types.CodeAction)]


@pytest.mark.parametrize("title", ["Give credit to teatools 1.2", "Accept this copy with a reason"])
async def test_a_comment_settles_a_copy(marks: Marks, shop: Path, title: str) -> None:
    with marks.editor.opened(shop / "src/new.py", OWN + COPIED) as uri:
        await _marked(marks, uri, 1)
        actions = {item.title: item for item in await _actions(marks, uri, OWN.count("\n") + 1)}
        made = actions[title].edit
        assert made is not None
        assert made.changes is not None
        (insertion,) = made.changes[uri]
        at = (insertion.range.start.line, insertion.range.start.character)
        marks.editor.change(uri, 2, edit(at, at, insertion.new_text))
        await marks.editor.until(lambda: marks.at(uri, 2) is not None)
        assert [item for item in marks.at(uri, 2) or () if "teatools" in item.message] == []


async def test_the_source_is_shown(marks: Marks, shop: Path) -> None:
    with marks.editor.opened(shop / "src/new.py", OWN + COPIED) as uri:
        await _marked(marks, uri, 1)
        actions = await _actions(marks, uri, OWN.count("\n") + 1)
        (command,) = [item.command for item in actions if item.title.startswith("Show the source: teatools")]
        assert command is not None
        params = types.ExecuteCommandParams(command.command, arguments=list(command.arguments or ()))
        await asyncio.wait_for(marks.editor.client.workspace_execute_command_async(params), PATIENCE_S)
        await marks.editor.until(lambda: bool(marks.shown))
        assert marks.shown[-1].uri.endswith("/teatools/__init__.py")


async def test_a_policy_that_is_saved_and_a_setting_count_at_once(marks: Marks, shop: Path) -> None:
    editor = marks.editor
    with editor.opened(shop / "src/new.py", OWN + COPIED) as uri:
        assert {item.severity for item in await _marked(marks, uri, 1)} == {
            types.DiagnosticSeverity.Information
        }
        policy = shop / "assist.toml"
        policy.write_text('[copies]\ndeny = ["MIT"]\n')
        with editor.opened(policy, language="toml") as saved:
            marks.published.clear()
            place = types.TextDocumentIdentifier(saved)
            editor.client.text_document_did_save(types.DidSaveTextDocumentParams(place))
            assert types.DiagnosticSeverity.Error in {item.severity for item in await _marked(marks, uri, 1)}
        policy.unlink()
        editor.settings = {"copies": {"enabled": False}}
        changed = types.DidChangeConfigurationParams({})
        editor.client.workspace_did_change_configuration(changed)
        await editor.until(lambda: marks.published[-1].uri == uri and not marks.published[-1].diagnostics)
        editor.settings = {}
        editor.client.workspace_did_change_configuration(changed)
        await _marked(marks, uri, 1)


async def _pulled(editor: Editor, uri: str) -> types.RelatedFullDocumentDiagnosticReport:
    """Ask for a document's marks until there are some: the packages may have to be read first."""
    params = types.DocumentDiagnosticParams(types.TextDocumentIdentifier(uri))
    async with asyncio.timeout(PATIENCE_S):
        while True:
            report = await editor.client.text_document_diagnostic_async(params)
            assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
            if report.items:
                return report
            await asyncio.sleep(0.1)


async def test_marks_can_be_asked_for(marks: Marks, shop: Path) -> None:
    async with editing(marks.editor.home, shop, client_capabilities=PULLS) as started:
        with started.opened(shop / "src/new.py", OWN + COPIED) as uri:
            first = await _pulled(started, uri)
            assert any("teatools" in item.message for item in first.items)
            again = types.DocumentDiagnosticParams(
                types.TextDocumentIdentifier(uri), previous_result_id=first.result_id
            )
            second = await asyncio.wait_for(started.client.text_document_diagnostic_async(again), PATIENCE_S)
            assert second.kind in ("unchanged", "full")


async def test_who_asks_for_marks_while_typing_gets_those_of_the_text_at_rest(
    marks: Marks, shop: Path
) -> None:
    async with editing(marks.editor.home, shop, client_capabilities=PULLS) as started:
        await started.ready()
        with started.opened(shop / "src/new.py", OWN) as uri:
            identifier = types.TextDocumentIdentifier(uri)
            asked = types.DocumentDiagnosticParams(identifier)
            hover = types.HoverParams(identifier, types.Position(0, 0))
            started.change(uri, 2, edit((4, 0), (4, 0), "x"))
            early = asyncio.wrap_future(started.client.text_document_diagnostic(asked))
            await started.client.text_document_hover_async(hover)  # answered after the question was taken up
            started.change(uri, 3, edit((4, 0), (4, 1), COPIED))
            with pytest.raises(Exception, match="the text has changed"):
                await asyncio.wait_for(early, PATIENCE_S)
            assert any("teatools" in item.message for item in (await _pulled(started, uri)).items)


async def test_marks_are_sent_to_an_editor_that_would_not_ask_anew(marks: Marks, shop: Path) -> None:
    pulls = types.TextDocumentClientCapabilities(diagnostic=types.DiagnosticClientCapabilities())
    able = capabilities(text_document=pulls)
    async with editing(marks.editor.home, shop, client_capabilities=able) as started:
        assert started.result is not None
        assert started.result.capabilities.diagnostic_provider is None


async def test_copied_code_in_answers_and_edits_is_told(marks: Marks, shop: Path) -> None:
    editor = marks.editor
    with editor.opened(shop / "src/new.py", OWN + GREEN) as uri:
        mark = (await _marked(marks, uri, 1))[0]
        assert "greentea 1.2 (GPL-3.0-only" in mark.message
        assert mark.severity == types.DiagnosticSeverity.Error
        params = {
            "question": "how is a schedule for green tea made?",
            "backend": "local",
            "partialResultToken": "c",
        }
        answer = await editor.request("assist/ask", params)
        (told,) = answer["copies"]
        assert (told["source"], told["verdict"]) == ("greentea 1.2", "deny")
        assert told["licence"] == "GPL-3.0-only"
        assert told["uri"].endswith("/greentea/__init__.py")
        assert "minutes_by_variety[variety]" in told["text"]
        assert [event["copies"] for event in editor.streamed["c"] if event["kind"] == "copiedCode"] == [
            [told]
        ]
        whole = {"start": {"line": 0, "character": 0}, "end": {"line": 2, "character": 0}}
        explain = {"recipe": "explain", "selection": {"uri": uri, "range": whole}, "partialResultToken": "r"}
        explained = await editor.request("assist/recipes/run", explain)
        assert explained["copies"] == [told]
        assert [event["copies"] for event in editor.streamed["r"] if event["kind"] == "copiedCode"] == [
            [told]
        ]
        model = model_that_says(f"```python\n{GREEN.replace('def green', 'def unrelated')}```\n")
        change = {"selection": {"uri": uri, "range": whole}, "instruction": "make tea", "model": model}
        proposal = await editor.request("assist/edit/propose", change)
        assert [note["source"] for note in proposal["copies"]] == ["greentea 1.2"]


async def test_recipes_are_offered_for_a_selection(marks: Marks, shop: Path) -> None:
    with marks.editor.opened(shop / "src/pool.py") as uri:
        assert await _actions(marks, uri, 6) == []
        invoked = await _actions(marks, uri, 6, trigger_kind=types.CodeActionTriggerKind.Invoked)
        assert [item.title for item in invoked] == [
            "Explain",
            "Find and repair a defect",
            "Document",
            "Write tests",
        ]
        only = [types.CodeActionKind.RefactorRewrite]
        rewrites = await _actions(marks, uri, 6, trigger_kind=types.CodeActionTriggerKind.Invoked, only=only)
        assert [item.title for item in rewrites] == ["Find and repair a defect", "Document"]
        span = types.Range(types.Position(6, 0), types.Position(6, 3))
        other = types.Diagnostic(span, "undefined name 'x'\nmore", source="pyflakes")
        (repair,) = await _actions(marks, uri, 6, diagnostics=[other])
        assert repair.title == "Repair: undefined name 'x'"
        assert repair.command is not None
        assert repair.command.command == "assist.recipe.run"


async def test_lenses_are_shown_if_wanted(tmp_path: Path, marks: Marks, shop: Path) -> None:
    settings = {"codeLens": {"enabled": True}}
    async with editing(tmp_path / "home", shop, settings=settings) as started:
        await started.ready()
        with started.opened(shop / "src/pool.py") as uri:
            params = types.CodeLensParams(types.TextDocumentIdentifier(uri))
            found = await asyncio.wait_for(started.client.text_document_code_lens_async(params), PATIENCE_S)
            titles = [item.command.title for item in found or () if item.command is not None]
            assert titles.count("Explain") == 3
            assert {item.range.start.line for item in found or ()} == {3, 6, 9}
    with marks.editor.opened(shop / "src/pool.py") as uri:
        params = types.CodeLensParams(types.TextDocumentIdentifier(uri))
        assert not await asyncio.wait_for(
            marks.editor.client.text_document_code_lens_async(params), PATIENCE_S
        )


async def test_hostile_arguments_are_answered(marks: Marks, shop: Path) -> None:
    broken: tuple[list[Any], ...] = (
        [],
        [None],
        [{"uri": 1}],
        [{"uri": "file:///none", "startLine": 1, "endLine": 2}],
    )
    for arguments in broken:
        command = types.ExecuteCommandParams("assist.copies.showSource", arguments=arguments)
        with pytest.raises(Exception, match=r"takes uri|not there any more"):
            await asyncio.wait_for(marks.editor.client.workspace_execute_command_async(command), PATIENCE_S)
    with marks.editor.opened(shop / "src/new.py", "x") as uri:
        far = types.Position(2**31 - 1, 2**31 - 1)
        hover = types.HoverParams(types.TextDocumentIdentifier(uri), far)
        assert (
            await asyncio.wait_for(marks.editor.client.text_document_hover_async(hover), PATIENCE_S) is None
        )
        assert await _actions(marks, uri, 2**31 - 1) == []
