"""Writes the rest of a line, token by token, each time the most probable one, and says how sure it is.

The probability of a line is the product of those of its tokens; it is followed as long as it is worth anything. What
of it is shown is decided in :mod:`~assistant.completion.local.showing`.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from assistant.completion.local.budget import Budget
from assistant.completion.local.evidence import Matches
from assistant.completion.local.features import Candidates, candidates, same_lines
from assistant.completion.local.scene import Scene
from assistant.completion.local.scorer import Scorer
from assistant.completion.local.tokens import LINE_ID, Kind

MAX_STEPS = 32
CONTEXT = 256
HOPELESS = 0.3
"""A line less probable than this is not followed further."""
_SPACED = (Kind.WORD, Kind.KEYWORD, Kind.NUMBER, Kind.STRING)
_NEW_WORD = 0.25
"""Each further letter of a word that agrees makes "something else" so much less probable."""


@dataclass(frozen=True, slots=True)
class Step:
    """One token of a line.

    :param text: with the blanks before it; of a word begun before the cursor, what is missing of it.
    :param probability: given all before it.
    :param ends_line: the author's line ends here; the text is empty then.
    :param rival: the probability of the next best token.
    :param is_name: a name, a number or a string.
    :param seen_here: how many tokens before it agreed where it stood in the document; 0 if it never followed them.
    :param seen_elsewhere: the same in the rest of the repository.
    """

    text: str
    probability: float
    ends_line: bool
    rival: float = 0.0
    is_name: bool = False
    seen_here: int = 0
    seen_elsewhere: int = 0


@dataclass(frozen=True, slots=True)
class Cursor:
    """What is known about the place where the line goes on.

    :param context: int32 ids before the cursor, without a word that is begun there.
    :param begun: the beginning of the word at the cursor, or empty.
    :param blank: blanks stand before the word, or before the cursor where no word is begun.
    """

    context: NDArray[np.int32]
    begun: str
    blank: bool


def predict(
    scene: Scene, scorer: Scorer, context: NDArray[np.int32], blank: bool
) -> tuple[Candidates, NDArray[np.float32]]:
    """Return the candidates for the next token and their probabilities, the last one of something else."""
    found = candidates(scene, context[-CONTEXT:], blank)
    return found, scorer.probabilities(found.features)


def write_line(scene: Scene, scorer: Scorer, cursor: Cursor, budget: Budget) -> list[Step]:
    """Return the most probable continuation of a line, up to its end or to where it is no longer worth following.

    :param budget: what was found until it is spent is returned.
    """
    context, steps, likelihood = cursor.context, [], 1.0
    if cursor.begun:
        first = _finished_word(scene, scorer, cursor)
        if first is None:
            return []
        word, step = first
        context = np.append(context, np.int32(word))
        steps, likelihood = [step], step.probability
    blank = cursor.blank and not cursor.begun
    at_cursor = not cursor.begun
    while likelihood >= HOPELESS and len(steps) < MAX_STEPS and not budget.is_spent:
        found, chances = predict(scene, scorer, context, blank)
        if len(chances) < 2:
            break
        best = int(chances[:-1].argmax())
        word, chance = int(found.ids[best]), float(chances[best])
        likelihood *= chance
        if word == LINE_ID:
            steps.append(_step("", found, chances, best, scene))
            break
        gap = (
            "" if at_cursor and (blank or _starts_line(scene, context)) else _gap(scene, found, context, word)
        )
        text = gap + scene.corpus.vocabulary.text(word)
        steps.append(_step(text, found, chances, best, scene))
        context = np.append(context, np.int32(word))
        blank = at_cursor = False
    return steps


def _step(text: str, found: Candidates, chances: NDArray[np.float32], best: int, scene: Scene) -> Step:
    word = int(found.ids[best])
    lengths = [int(part.lengths[same_lines(part.followers) == word].max(initial=0)) for part in found.sources]
    rival = float(np.partition(chances, -2)[-2])
    is_name = bool(scene.corpus.vocabulary.kinds[word] in (Kind.WORD, Kind.NUMBER, Kind.STRING))
    return Step(
        text, float(chances[best]), word == LINE_ID, rival, is_name, lengths[0], max(lengths[1], lengths[2])
    )


def _starts_line(scene: Scene, context: NDArray[np.int32]) -> bool:
    return not len(context) or scene.corpus.vocabulary.kinds[context[-1]] <= Kind.LINE


def _finished_word(scene: Scene, scorer: Scorer, cursor: Cursor) -> tuple[int, Step] | None:
    """Return the most probable word with the given beginning, be it that beginning alone."""
    found, chances = predict(scene, scorer, cursor.context, cursor.blank)
    texts = [scene.corpus.vocabulary.text(word) for word in found.ids.tolist()]
    fitting = [at for at, text in enumerate(texts) if text.startswith(cursor.begun)]
    others = float(chances[-1]) * _NEW_WORD ** len(cursor.begun)
    total = sum(float(chances[at]) for at in fitting) + others
    if not fitting:
        return None
    best = max(fitting, key=lambda at: float(chances[at]))
    step = _step(texts[best][len(cursor.begun) :], found, chances, best, scene)
    return int(found.ids[best]), replace(step, probability=float(chances[best]) / total)


def _gap(scene: Scene, found: Candidates, context: NDArray[np.int32], word: int) -> str:
    """Return the blanks before a word as they stood where most of the context agreed."""
    in_document, near, in_repository = found.sources
    place = _best_place(in_document, word)
    if place is not None:
        return scene.gaps[place]
    for matches, gaps in ((near, scene.near_gaps), (in_repository, scene.corpus.gaps)):
        place = _best_place(matches, word)
        if place is not None:
            return scene.corpus.gap_texts[int(gaps[place])]
    kinds = scene.corpus.vocabulary.kinds
    return " " if kinds[word] in _SPACED and kinds[context[-1]] in _SPACED else ""


def _best_place(matches: Matches, word: int) -> int | None:
    places = np.flatnonzero(same_lines(matches.followers) == word)
    if not len(places):
        return None
    return int(matches.at[places[matches.lengths[places].argmax()]])
