"""What a prediction looks at besides the repository: the document around the cursor, and what lies near it.

A scene is made once for a cursor; the tokens that are predicted one after the other are looked up in the same scene.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from assistant.completion.local.corpus import Corpus
from assistant.completion.local.tokens import FILE_ID, Kind


@dataclass(frozen=True, slots=True)
class Scene:
    """The surroundings of a cursor.

    :param corpus: the repository.
    :param hidden: stretches of its stream that newer texts stand for.
    :param before: int32 ids of the document up to the cursor, its line marker included.
    :param document: ``before``, a border, and what is behind the cursor's line.
    :param gaps: the blanks before each token of ``document``; ``blanks``: whether there are any.
    :param near: ids of the folder's other files and of recent ones, with borders between them.
    :param near_gaps: the blanks before each token of ``near``, uint16 as the corpus numbers them.
    :param document_shapes: ``document`` with names, numbers and strings made equal among themselves.
    :param near_shapes: ``near`` likewise.
    :param counts: how often each word stands in the document, by id.
    :param last_seen: where each word was last before the cursor, by id; -1 for never.
    """

    corpus: Corpus
    hidden: list[tuple[int, int]]
    before: NDArray[np.int32]
    document: NDArray[np.int32]
    gaps: Sequence[str]
    blanks: NDArray[np.bool_]
    near: NDArray[np.int32]
    near_gaps: NDArray[np.uint16]
    document_shapes: NDArray[np.int32]
    near_shapes: NDArray[np.int32]
    counts: NDArray[np.int64]
    last_seen: NDArray[np.int64]

    def continued(self, before: NDArray[np.int32]) -> "Scene":
        """Return the same scene with other tokens before the cursor; what follows it stays in its place."""
        return replace(self, before=before)


def shapes_of(ids: NDArray[np.int32], kinds: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Return ids with every name, number and string replaced by a negative number for its kind."""
    of = kinds[ids]
    copied = (of == Kind.WORD) | (of == Kind.NUMBER) | (of == Kind.STRING)
    return np.where(copied, -of.astype(np.int32), ids)


def make_scene(
    corpus: Corpus,
    hidden: list[tuple[int, int]],
    before: NDArray[np.int32],
    after: NDArray[np.int32],
    gaps: Sequence[str],
    near: NDArray[np.int32],
    near_shapes: NDArray[np.int32],
    near_gaps: NDArray[np.uint16],
) -> Scene:
    """Put a scene together.

    :param before: ids up to the cursor; :param after: ids behind its line.
    :param gaps: the blanks before each token of both, with an empty one for the border between them.
    """
    kinds = corpus.vocabulary.kinds
    document = np.concatenate((before, np.asarray([FILE_ID], np.int32), after))
    last_seen = np.full(len(kinds), -1)
    last_seen[before] = np.arange(len(before))
    return Scene(
        corpus=corpus,
        hidden=hidden,
        before=before,
        document=document,
        gaps=gaps,
        blanks=np.fromiter(map(bool, gaps), bool, len(gaps)),
        near=near,
        near_gaps=near_gaps,
        document_shapes=shapes_of(document, kinds),
        near_shapes=near_shapes,
        counts=np.bincount(document, minlength=len(kinds)),
        last_seen=last_seen,
    )
