"""Queries that describe a change, as the subject of a commit or of an issue does.

``cli: keep colours in a pipe`` and ``fix(web): close the socket`` begin with what they are about: a file, a folder or a
package. That scope is evidence for files of such names (:mod:`assistant.retrieval.named_parts`).
"""

import re

_PREFIX = re.compile(r"\s*(?:\[([^\]]+)\]\s*:?|([\w./*,{}@ -]{1,40}?)(?:\(([^)]*)\))?!?:\s)")
_KINDS_OF_CHANGE = frozenset(
    "fix bugfix hotfix feat feature refactor perf docs doc test tests chore style build ci revert improvement"
    " enhancement typing types wip deps".split()
)
_VERBS = frozenset(
    "fix fixes fixed add adds added remove removes removed use update updates make makes improve improves refactor"
    " avoid avoids replace allow allows handle handles support supports implement implements introduce ensure prevent"
    " move rename change drop bump revert disable enable deprecate raise reduce optimize optimise simplify switch"
    " don't".split()
)
_MOST_WORDS = 2
"""Words of a scope; more are a sentence with a colon in it."""


def scope_of(text: str) -> tuple[str, ...] | None:
    """Return what stands before the colon of a change's description, in parts; None if it has no such prefix.

    >>> scope_of("fix(web/socket): close it"), scope_of("fix: close it"), scope_of("close it")
    (('web', 'socket'), (), None)
    """
    match = _PREFIX.match(text)
    if match is None:
        return None
    scope: str = match[1] or match[3] or match[2]
    if len(scope.split()) > _MOST_WORDS:
        return None
    parts = re.split(r"[/,.\s{}*]+", scope.lower())
    return tuple(part for part in parts if part and part not in _KINDS_OF_CHANGE)


def is_change(text: str) -> bool:
    """Tell whether a text is put as the description of a change.

    >>> is_change("remove stale locks at start"), is_change("update and delete statements")
    (True, False)
    """
    first, *rest = text.lower().split() or [""]
    return (first in _VERBS and rest[:1] not in (["and"], ["or"])) or scope_of(text) is not None
