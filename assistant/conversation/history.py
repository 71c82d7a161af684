"""The turns of a conversation, kept within a token budget.

The last turns are sent as they were; of older ones a line each is left, of what is older still nothing. What falls out
is forgotten here, too: two hundred turns need no more memory than twenty. The session's file keeps everything.
"""

from collections import deque
from dataclasses import dataclass

from assistant.backends import Message
from assistant.context.tokens import estimate_tokens
from assistant.conversation.follow_up import Subject

_SUMMARY_CHARS = 160
_MAX_TURNS = 60
_LARGEST_TURN = 0.5
"""Of the budget; a longer answer is cut in the middle when it is sent again."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its answer."""

    question: str
    answer: str
    subject: Subject
    complete: bool = True
    """False if it was interrupted."""


class History:
    """The turns so far. Not shared between threads."""

    def __init__(self, budget_tokens: int) -> None:
        """Begin a conversation.

        :param budget_tokens: what the messages may have together; those kept in memory, too.
        """
        self.budget_tokens = budget_tokens
        self._turns: deque[Turn] = deque(maxlen=_MAX_TURNS)

    def __len__(self) -> int:
        return len(self._turns)

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The turns that are remembered, oldest first."""
        return tuple(self._turns)

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """What the turns were about, oldest first."""
        return tuple(turn.subject for turn in self._turns)

    def add(self, turn: Turn) -> None:
        """Remember a turn, and forget what no longer has room even as one line."""
        self._turns.append(self._shortened(turn))
        while len(self._turns) > 1 and self._size() > 2 * self.budget_tokens:
            self._turns.popleft()

    def clear(self) -> None:
        """Forget everything."""
        self._turns.clear()

    def messages(self, budget_tokens: int | None = None) -> list[Message]:
        """Return what to send before the next question, oldest first, within the budget.

        :param budget_tokens: a smaller one for this time.
        """
        budget = self.budget_tokens if budget_tokens is None else min(budget_tokens, self.budget_tokens)
        whole: list[Turn] = []
        older = list(self._turns)
        # Where not all fit, a quarter is kept for the lines about older ones.
        room = budget if self._size() <= budget else budget * 3 // 4
        while older and (size := _turn_tokens(older[-1])) <= room:
            room -= size
            budget -= size
            whole.insert(0, older.pop())
        lines: list[str] = []
        for turn in reversed(older):
            line = _line(turn)
            if (size := estimate_tokens(line) + 1) > budget - 16:
                break
            budget -= size
            lines.insert(0, line)
        messages = []
        if lines:
            messages.append(Message("user", "Earlier in this conversation:\n" + "\n".join(lines)))
            messages.append(Message("assistant", "I remember."))
        for turn in whole:
            messages.append(Message("user", turn.question))
            messages.append(Message("assistant", turn.answer or "(interrupted)"))
        return messages

    def _size(self) -> int:
        return sum(_turn_tokens(turn) for turn in self._turns)

    def _shortened(self, turn: Turn) -> Turn:
        """Cut a huge question or answer, which would push out everything else."""
        most = int(self.budget_tokens * _LARGEST_TURN)
        return Turn(
            _middle_cut(turn.question, most), _middle_cut(turn.answer, most), turn.subject, turn.complete
        )


def _turn_tokens(turn: Turn) -> int:
    return estimate_tokens(turn.question) + estimate_tokens(turn.answer) + 8


def _line(turn: Turn) -> str:
    """Return the gist of a turn, taken from it word for word: the question and the answer's first sentence."""
    question = " ".join(turn.question.split())[:_SUMMARY_CHARS]
    first = " ".join(turn.answer.split()).partition(". ")[0][:_SUMMARY_CHARS]
    return f"- {question} -> {first or 'no answer'}"


def _middle_cut(text: str, most_tokens: int) -> str:
    if estimate_tokens(text) <= most_tokens:
        return text
    data = text.encode("utf-8", "replace")
    kept = int(len(data) * most_tokens / estimate_tokens(text)) - 16
    head, tail = data[: kept * 2 // 3], data[-kept // 3 :]
    return f"{head.decode('utf-8', 'ignore')}\n[...]\n{tail.decode('utf-8', 'ignore')}"
