"""``assist/chat/*``: conversations, saved as ``assist chat`` saves them."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from lsp.asking import Asker, Question
from lsp.errors import LspError
from lsp.protocol.answers import Answer, AnswerEvent
from lsp.protocol.chat import (
    CREATE,
    DELETE,
    HISTORY,
    STOP,
    TURN,
    Chat,
    ChatCreateParams,
    ChatHistory,
    ChatHistoryParams,
    ChatParams,
    ChatTurn,
    ChatTurnParams,
    SavedChat,
    Stopped,
)
from lsp.tasks import CancelToken
from lsp.workspaces import Namer

if TYPE_CHECKING:
    from assistant.conversation import History, SavedSession, Session, SessionStore, Turn
    from assistant.engine import Engine
    from lsp.server import AssistServer

_PATIENCE_S = 2.0
"""How long a question waits for a stopped answer to be remembered."""


@dataclass(slots=True)
class OpenChat:
    """A chat of this session."""

    saved: Session
    history: History
    roots: tuple[Path, ...]
    backend: str
    model: str
    answering: asyncio.Task[Answer] | None = None
    idle: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the last turn is remembered."""
    saving: asyncio.Task[None] | None = None
    """Writes the last turn."""

    async def settled(self) -> None:
        """Wait until a turn that is over, or was stopped, is remembered and saved."""
        if self.answering is None or self.answering.cancelling():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.idle.wait(), _PATIENCE_S)
        if self.saving is not None:
            await asyncio.wait({self.saving})


class ChatFeature:
    """The chats of a session."""

    def __init__(self, server: AssistServer, asker: Asker) -> None:
        self._server = server
        self._session = server.session
        self._asker = asker
        self._chats: dict[str, OpenChat] = {}

    def register(self) -> None:
        """Answer the requests about chats."""
        self._server.own(CREATE, self.create)
        self._server.own(TURN, self.turn)
        self._server.own(STOP, self.stop)
        self._server.own(DELETE, self.delete)
        self._server.own(HISTORY, self.history)

    def get(self, chat_id: str) -> OpenChat:
        """Return an open chat.

        :raises LspError: if there is none with this id.
        """
        if chat_id not in self._chats:
            raise LspError(f'no chat "{chat_id}" is open; create it, with resume to go on with a saved one')
        return self._chats[chat_id]

    async def create(self, params: ChatCreateParams) -> Chat:
        """Begin a chat, or go on with a saved one."""
        session = self._session
        roots = session.workspaces.chosen(params.folders)
        settings = session.settings
        if params.resume in self._chats:
            await self._chats[params.resume].settled()

        def work(engine: Engine, _: CancelToken) -> tuple[OpenChat, str | None, str | None]:
            from assistant.conversation import History, history_budget

            models = session.holder.models(offline=settings.offline)
            name = params.backend or ("" if params.model else settings.chat.backend)
            config = models.choose(name, params.model or ("" if params.backend else settings.chat.model))
            store = _store()
            saved = store.new(roots) if params.resume is None else store.open(params.resume, roots)
            history = History(history_budget(config.context_window if config else None))
            for turn in saved.turns():
                history.add(turn)
            opened = OpenChat(saved, history, roots, params.backend or "", params.model or "")
            return opened, config.name if config else None, config.model if config else None

        chat, backend, model = await session.in_thread(work)
        chat.idle.set()
        kept = self._chats.setdefault(chat.saved.id, chat)
        kept.backend, kept.model = chat.backend, chat.model  # one that is open goes on with who is named now
        turns = tuple(_turn(turn) for turn in kept.history.turns)
        return Chat(chat.saved.id, turns, backend, model)

    async def turn(self, params: ChatTurnParams) -> Answer:
        """Answer the next question of a chat."""
        chat = self.get(params.chat_id)
        question = Question(
            params.question, chat.roots, self._asker.selected(params.selection), chat.backend, chat.model
        )
        if chat.answering is not None and not chat.answering.cancelling():
            raise LspError("this chat is answering already; stop that first, with assist/chat/stop")
        await chat.settled()

        def tell(event: AnswerEvent) -> None:
            self._session.stream(params.partial_result_token, event)

        def remember(turn: Turn | None) -> None:
            chat.idle.set()
            if turn is not None:
                chat.history.add(turn)
                chat.saving = self._session.tasks.start(self._saved(chat, turn), "saving a chat")

        chat.idle.clear()
        task: asyncio.Task[Answer] = asyncio.ensure_future(
            self._asker.answer(question, chat.history, tell, remember)
        )
        chat.answering = task
        try:
            return await task
        finally:
            if chat.answering is task:
                chat.answering = None

    async def stop(self, params: ChatParams) -> Stopped:
        """End the answer that is on its way."""
        answering = self.get(params.chat_id).answering
        return Stopped(answering is not None and answering.cancel())

    async def delete(self, params: ChatParams) -> None:
        """Close a chat and remove what was saved of it."""
        chat = self._chats.pop(params.chat_id, None)
        if chat is not None and chat.answering is not None:
            chat.answering.cancel()

        def work(_: CancelToken) -> None:
            store = _store()
            if chat is None or any(saved.id == params.chat_id for saved in store.all()):
                store.delete(params.chat_id)

        await self._session.tasks.in_thread(work)

    async def history(self, params: ChatHistoryParams) -> ChatHistory:
        """Tell of the saved chats."""
        roots = set(self._session.workspaces.roots)
        namer = self._session.workspaces.namer()

        def work(_: CancelToken) -> ChatHistory:
            store = _store()
            if params.chat_id is None:
                return ChatHistory(
                    tuple(_saved(item, namer) for item in store.all() if roots & set(item.roots))
                )
            opened = store.open(params.chat_id, ())
            chats = tuple(_saved(item, namer) for item in store.all() if item.id == opened.id)
            return ChatHistory(chats, tuple(_turn(turn) for turn in opened.turns()))

        return await self._session.tasks.in_thread(work)

    async def _saved(self, chat: OpenChat, turn: Turn) -> None:
        if chat.saved.id in self._chats:  # not deleted meanwhile
            await self._session.tasks.in_thread(lambda _: chat.saved.append(turn))


def _store() -> SessionStore:
    from assistant.conversation import SessionStore, data_folder

    return SessionStore(data_folder(os.environ))


def _turn(turn: Turn) -> ChatTurn:
    return ChatTurn(turn.question, turn.answer, turn.complete)


def _saved(item: SavedSession, namer: Namer) -> SavedChat:
    changed = datetime.datetime.fromtimestamp(item.changed_s, datetime.UTC)
    uris = tuple(namer.uri(root, "").rstrip("/") for root in item.roots)
    return SavedChat(item.id, item.title, item.turns, changed.isoformat(timespec="seconds"), uris)
