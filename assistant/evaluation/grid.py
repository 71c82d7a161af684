"""Sums answers up by case and backend."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from assistant.evaluation.model import Answered


@dataclass(frozen=True, slots=True)
class Cell:
    """The answers of one backend to one case."""

    case: str
    backend: str
    answers: tuple[Answered, ...]
    """By repetition; never empty."""

    @property
    def passed(self) -> int:
        """How many passed."""
        return sum(answer.passed for answer in self.answers)

    @property
    def median_ms(self) -> float:
        """Median of the time to the end of the answer."""
        return median(answer.outcome.total_ms for answer in self.answers)

    @property
    def median_first_ms(self) -> float | None:
        """Median of the time to the first word; None if no answer had one."""
        times = [ms for answer in self.answers if (ms := answer.outcome.first_token_ms) is not None]
        return median(times) if times else None

    @property
    def tokens(self) -> int | None:
        """Tokens of all answers together, prompts not counted; None if no server counted them."""
        counts = [n for answer in self.answers if (n := answer.outcome.completion_tokens) is not None]
        return sum(counts) if counts else None

    @property
    def models(self) -> tuple[str, ...]:
        """What answered, each once."""
        return tuple(dict.fromkeys(answer.outcome.model for answer in self.answers if answer.outcome.model))

    @property
    def failures(self) -> tuple[tuple[str, int], ...]:
        """What failed and how often, commonest first."""
        counts: dict[str, int] = {}
        for answer in self.answers:
            for line in answer.failures:
                counts[line] = counts.get(line, 0) + 1
        return tuple(sorted(counts.items(), key=lambda item: -item[1]))


def cells(answers: Iterable[Answered], cases: Sequence[str] = ()) -> list[Cell]:
    """Return the cells that have answers, case by case.

    :param cases: the order of cases; others follow in the order of their answers.
    """
    found: dict[tuple[str, str], list[Answered]] = {}
    for answer in answers:
        found.setdefault((answer.case, answer.backend), []).append(answer)
    order = {name: place for place, name in enumerate(dict.fromkeys((*cases, *(case for case, _ in found))))}
    made = [
        Cell(case, backend, tuple(sorted(group, key=lambda answer: answer.repetition)))
        for (case, backend), group in found.items()
    ]
    return sorted(made, key=lambda cell: order[cell.case])
