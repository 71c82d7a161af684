"""A conversation about repositories: one turn after the other, each from the index to a checked answer.

``plan_turn`` and ``stream_turn`` are the seam: the command line and the language server show the events of the second.
``answer`` does both. ``History`` keeps what goes into the next turn, ``SessionStore`` what outlives the process.
"""

from assistant.conversation.events import ContextGiven, Event, Finished, NothingFound, Thinking
from assistant.conversation.follow_up import Subject, understood
from assistant.conversation.history import History, Turn
from assistant.conversation.material import Material, gather
from assistant.conversation.sessions import SavedSession, Session, SessionError, SessionStore, data_folder
from assistant.conversation.turn import Ground, Plan, Recorder, answer, history_budget, plan_turn, stream_turn

__all__ = [
    "ContextGiven",
    "Event",
    "Finished",
    "Ground",
    "History",
    "Material",
    "NothingFound",
    "Plan",
    "Recorder",
    "SavedSession",
    "Session",
    "SessionError",
    "SessionStore",
    "Subject",
    "Thinking",
    "Turn",
    "answer",
    "data_folder",
    "gather",
    "history_budget",
    "plan_turn",
    "stream_turn",
    "understood",
]
