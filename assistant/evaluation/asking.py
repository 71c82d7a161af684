"""What a case asks: a question with the passages that it names, or a recipe with its target; and hashes of that.

Everything goes through the same steps as ``assist ask`` and ``assist run``, so that an evaluation tells about those.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from assistant.context import ContextItem, MentionKind, MentionResolver, find_mentions
from assistant.evaluation.errors import CaseFileError
from assistant.evaluation.model import Case, Fingerprint, Suite
from assistant.recipes.errors import RecipeError
from assistant.recipes.gathering import Workspace
from assistant.recipes.library import Library
from assistant.recipes.model import Recipe
from assistant.recipes.targets import Spot, Target, resolve_target
from assistant.retrieval.search import Source

_LOCAL = frozenset({MentionKind.FILE, MentionKind.DIR, MentionKind.SYMBOL, MentionKind.GUESS})
"""Mentions that a case file may make: places of the repository, no address and nothing that differs from day to day."""


@dataclass(frozen=True, slots=True)
class RecipeCall:
    """A recipe and what it is run with."""

    recipe: Recipe
    target: Target | None
    given: dict[str, str]
    """Values of parameters."""


def recipe_call(case: Case, library: Library, workspace: Workspace) -> RecipeCall:
    """Return the recipe of a case with its target; the prompt is the recipe's instruction.

    :raises RecipeError: if there is no such recipe, its file cannot be used, or its target is not there.
    """
    target = None
    if case.target:
        target = resolve_target(
            case.target,
            workspace.root,
            folder=workspace.folder,
            symbols=lambda name: _spots(name, workspace.source),
            rules=workspace.rules,
        )
    given = {"instruction": case.prompt} if case.prompt else {}
    return RecipeCall(library.get(case.recipe), target, given)


def mentioned(prompt: str, sources: Sequence[Source]) -> tuple[ContextItem, ...]:
    """Return the passages that a prompt names with ``@``.

    :raises MentionError: if one is not there.
    """
    resolver = MentionResolver(sources)
    found = [mention for mention in find_mentions(prompt) if mention.kind in _LOCAL]
    # Named by a file that may come from anyone, not by the user: what git ignores stays where it is.
    return tuple(replace(item, kind="chunk") for mention in found for item in resolver.resolve(mention))


def fingerprints(suite: Suite, library: Library) -> dict[str, Fingerprint]:
    """Return hashes of what each case asks and expects; a recipe's text is part of what is asked.

    :raises CaseFileError: for a recipe that is not there or cannot be used.
    """
    made = {}
    for case in suite.cases:
        try:
            made[case.name] = _fingerprint(case, library)
        except RecipeError as error:
            raise CaseFileError(str(suite.file), case.line, str(error)) from error
    return made


def _fingerprint(case: Case, library: Library) -> Fingerprint:
    recipe = library.get(case.recipe).prompt if case.recipe else ""
    expected = [(assertion.kind, assertion.negated, assertion.value) for assertion in case.assertions]
    return Fingerprint(_hash([case.prompt, case.recipe, case.target, recipe]), _hash(expected))


def _hash(value: object) -> str:
    return sha256(json.dumps(value, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _spots(name: str, source: Source) -> list[Spot]:
    return [
        Spot(item.path, item.name_line, item.end_line, item.name)
        for item in source.snapshot.definitions_named(name)
        if item.kind not in ("section", "import", "declaration")
    ]
