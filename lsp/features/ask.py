"""``assist/ask`` and ``assist/context``: a question that stands by itself, and what would be sent for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsp.asking import Asker, Planned, Question
from lsp.events import left_out_of, passages_of
from lsp.features.chat import ChatFeature
from lsp.protocol.answers import ASK, CONTEXT, Answer, AnswerEvent, AskParams, Context, ContextParams, Message

if TYPE_CHECKING:
    from lsp.server import AssistServer


def register(server: AssistServer) -> None:
    """Answer questions."""
    asker = Asker(server.session)
    chats = ChatFeature(server, asker)
    chats.register()
    feature = AskFeature(server, asker, chats)
    server.own(ASK, feature.ask)
    server.own(CONTEXT, feature.context)


class AskFeature:
    """Answers questions for a session."""

    def __init__(self, server: AssistServer, asker: Asker, chats: ChatFeature) -> None:
        self._session = server.session
        self._asker = asker
        self._chats = chats

    async def ask(self, params: AskParams) -> Answer:
        """Answer a question."""
        question = Question(
            params.question,
            self._session.workspaces.chosen(params.folders),
            self._asker.selected(params.selection),
            params.backend or "",
            params.model or "",
        )

        def tell(event: AnswerEvent) -> None:
            self._session.stream(params.partial_result_token, event)

        from assistant.conversation import History

        return await self._asker.answer(question, History(0), tell, lambda turn: None)

    async def context(self, params: ContextParams) -> Context:
        """Tell what would be sent."""
        from assistant.conversation import History

        chat = self._chats.get(params.chat_id) if params.chat_id else None
        question = Question(
            params.question,
            chat.roots if chat and not params.folders else self._session.workspaces.chosen(params.folders),
            self._asker.selected(params.selection),
            params.backend or (chat.backend if chat else ""),
            params.model or (chat.model if chat else ""),
            always_model=True,
        )
        planned = await self._asker.plan(question, chat.history if chat else History(0))
        return self._told(planned)

    def _told(self, planned: Planned) -> Context:
        from assistant.backends.addresses import shown_url

        plan, config = planned.plan, planned.config
        if plan is None or config is None:
            return Context(planned.query, (), (), (), {}, 0)
        manifest = plan.prepared.manifest
        return Context(
            plan.query,
            passages_of(plan.material.packed.items, self._session.workspaces.namer()),
            tuple(Message(message.role, message.content) for message in plan.messages),
            left_out_of(manifest),
            dict(manifest.redacted),
            manifest.text_bytes,
            config.name,
            config.model,
            shown_url(config.url),
        )
