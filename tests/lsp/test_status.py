"""What the server says about itself: `ready` only once requests are answered and suggestions come."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lsp.protocol.status import CompletionState, Health
from lsp.status import StatusReporter
from tests.lsp.conftest import FILES, write_files
from tests.lsp.editor import Editor, editing


async def _until_ready(editor: Editor) -> list[dict[str, Any]]:
    await editor.until(lambda: bool(editor.statuses) and editor.statuses[-1]["text"] == "assist: ready")
    return editor.statuses


@pytest.mark.slow
@pytest.mark.asyncio
async def test_ready_is_said_when_the_repository_is_learned_and_not_before(tmp_path: Path) -> None:
    shop = write_files(tmp_path / "shop", FILES)
    async with editing(tmp_path / "home", shop) as editor:
        statuses = await _until_ready(editor)
        assert "indexing" in [status["state"] for status in statuses]
        assert [status["completion"] for status in statuses] == ["learning"] * (len(statuses) - 1) + ["ready"]
    async with editing(tmp_path / "home", shop) as editor:  # what is there already is only opened
        statuses = await _until_ready(editor)
        assert "indexing" not in [status["state"] for status in statuses]
        assert statuses[-1]["completion"] == "ready"


@pytest.mark.slow
@pytest.mark.asyncio
async def test_nothing_is_waited_for_where_suggestions_are_off(tmp_path: Path) -> None:
    shop = write_files(tmp_path / "shop", FILES)
    async with editing(tmp_path / "home", shop, settings={"completion": {"enabled": False}}) as editor:
        statuses = await _until_ready(editor)
        assert {status["completion"] for status in statuses} <= {"learning", "off"}
        assert statuses[-1]["completion"] == "off"


@pytest.mark.slow
@pytest.mark.asyncio
async def test_a_folder_without_an_index_is_not_learned_for_ever(tmp_path: Path) -> None:
    shop = write_files(tmp_path / "shop", FILES)
    async with editing(tmp_path / "home", shop, settings={"index": {"enabled": False}}) as editor:
        await _until_ready(editor)


class _Sent:
    """Stands for the connection: keeps what is sent."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def notify(self, _: str, status: Any) -> None:
        self.texts.append(status.text)


def test_what_matters_more_is_said_first_and_nothing_twice(tmp_path: Path) -> None:
    sent = _Sent()
    status = StatusReporter(sent, lambda: True)  # type: ignore[arg-type]
    status.started()
    status.indexing(tmp_path, 1, 4)
    status.indexing(tmp_path, 1, 4)
    status.problem("index", Health.ERROR, "the disk is full; make room")
    status.indexed(tmp_path)
    status.solved("index")
    status.completion(CompletionState.READY)
    status.offline(is_offline=True)
    told = ["learning", "indexing 25%", "indexing 25%", "error", "learning", "ready", "offline"]
    assert sent.texts == [f"assist: {text}" for text in told]
