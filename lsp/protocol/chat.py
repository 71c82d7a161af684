"""Conversations: ``assist/chat/*``. They are saved for the user alone, and shared with ``assist chat``."""

from dataclasses import dataclass

from lsp.protocol.answers import EXAMPLE_ANSWER, EXAMPLE_EVENT, Answer, AnswerEvent
from lsp.protocol.method import Method
from lsp.protocol.places import Selection
from lsp.schema import described


@dataclass(frozen=True, slots=True)
class ChatCreateParams:
    """How a chat begins."""

    folders: tuple[str, ...] | None = described(
        "URIs of the workspace folders that it is about; without it, all.", None
    )
    backend: str | None = described("The backend that answers; as in `assist/ask`.", None)
    model: str | None = described("Another model of that backend.", None)
    resume: str | None = described("A saved chat to go on with, by its id; empty for the last one.", None)


@dataclass(frozen=True, slots=True)
class ChatTurn:
    """A question and its answer."""

    question: str = described("The question.")
    answer: str = described("The answer, as far as it came.")
    complete: bool = described("False if it was interrupted.", True)


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat that is open."""

    chat_id: str = described("Names it in the other requests.")
    turns: tuple[ChatTurn, ...] = described("What was said before, oldest first.")
    backend: str | None = described("Who answers; null for the index alone.", None)
    model: str | None = described("Its model.", None)


@dataclass(frozen=True, slots=True)
class ChatTurnParams:
    """The next question."""

    chat_id: str = described("The chat.")
    question: str = described("As in `assist/ask`; follow-ups are understood with what was said before.")
    selection: Selection | None = described("What `@selection` means.", None)
    partial_result_token: str | int | None = described(
        "The answer's events are then sent with `$/progress` as they come.", None
    )


@dataclass(frozen=True, slots=True)
class ChatParams:
    """A chat."""

    chat_id: str = described("The chat.")


@dataclass(frozen=True, slots=True)
class Stopped:
    """Whether there was anything to stop."""

    stopped: bool = described("False if no answer was on its way.")


@dataclass(frozen=True, slots=True)
class ChatHistoryParams:
    """What of the saved chats is to be told."""

    chat_id: str | None = described("One chat, with its turns; without it, all of them without.", None)


@dataclass(frozen=True, slots=True)
class SavedChat:
    """A chat as a list shows it."""

    chat_id: str = described("Names it.")
    title: str = described("The first question, shortened.")
    turns: int = described("How many.")
    changed: str = described("When it last changed, ISO 8601 in UTC.")
    folders: tuple[str, ...] = described("URIs of the folders that it is about.")


@dataclass(frozen=True, slots=True)
class ChatHistory:
    """Saved chats."""

    chats: tuple[SavedChat, ...] = described("The last changed first.")
    turns: tuple[ChatTurn, ...] = described("Of the chat that was asked for, oldest first.", ())


_ID = "20260301-101530-4f2a"

CREATE: Method[ChatCreateParams, Chat] = Method(
    "assist/chat/create",
    ChatCreateParams,
    Chat,
    "Begins a chat, or goes on with a saved one. Nothing is saved before the first turn.",
    ChatCreateParams(),
    Chat(_ID, (), "local", "qwen2.5-coder:7b"),
)
TURN: Method[ChatTurnParams, Answer] = Method(
    "assist/chat/turn",
    ChatTurnParams,
    Answer,
    "Asks the next question. A chat answers one at a time; another request meanwhile is refused. What was said before "
    "an interruption is kept.",
    ChatTurnParams(_ID, "and who closes them?", partial_result_token="turn-2"),
    EXAMPLE_ANSWER,
    streamed=AnswerEvent,
    streamed_example=EXAMPLE_EVENT,
)
STOP: Method[ChatParams, Stopped] = Method(
    "assist/chat/stop",
    ChatParams,
    Stopped,
    "Ends the answer that is on its way, as `$/cancelRequest` does; its request is answered with the error "
    "RequestCancelled.",
    ChatParams(_ID),
    Stopped(True),
)
DELETE: Method[ChatParams, None] = Method(
    "assist/chat/delete",
    ChatParams,
    None,
    "Closes a chat and removes what was saved of it.",
    ChatParams(_ID),
    nullable=True,
)
HISTORY: Method[ChatHistoryParams, ChatHistory] = Method(
    "assist/chat/history",
    ChatHistoryParams,
    ChatHistory,
    "Lists the saved chats about the workspace's folders, or the turns of one.",
    ChatHistoryParams(),
    ChatHistory(
        (
            SavedChat(
                _ID, "where are connections kept?", 2, "2026-03-01T10:17:02+00:00", ("file:///home/me/shop",)
            ),
        )
    ),
)
METHODS = (CREATE, TURN, STOP, DELETE, HISTORY)
