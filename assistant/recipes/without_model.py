"""What a recipe can tell when no language model is configured: what the index and the repository themselves say.

Nothing is made up: where only a model could tell, there is nothing but the line that says what is missing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assistant.answers import answer
from assistant.answers.references import Reference, callers
from assistant.recipes.gathering import Gathered, Workspace, gather, place_of
from assistant.recipes.model import Mode, OutputFormat, Recipe, SourceKind
from assistant.recipes.targets import Target, enclosing
from assistant.recipes.testing import plan_tests
from indexer.chunking import parse_source

_REFERENCES = 5
_DOC_LINES = 12
_FIXED_BY = "configure one in config.toml: `assist models` shows what could answer"


@dataclass(frozen=True, slots=True)
class KnownFacts:
    """What is known without a model."""

    missing: str
    """One line: that there is no model, and what to do."""
    lines: tuple[str, ...]


def known_facts(
    recipe: Recipe, target: Target | None, values: Mapping[str, str], workspace: Workspace
) -> KnownFacts:
    """Return what can be told about a recipe's target without a model.

    :param values: the user's values of parameters.
    """
    declared = {source.kind for source in recipe.context}
    lines: list[str] = []
    if recipe.mode is Mode.NEW_FILE and target is not None:
        lines += _testing(target, workspace)
    elif recipe.output.format is OutputFormat.COMMIT_MESSAGE:
        lines += _staged(recipe, workspace)
    elif SourceKind.DOCS in declared:
        lines += _documents(values.get("instruction", ""), workspace)
    elif recipe.mode is Mode.ANSWER and recipe.output.format is OutputFormat.TEXT and target is not None:
        lines += _explained(target, workspace)
    told = "this is what the index knows" if lines else "there is nothing to tell without one"
    return KnownFacts(
        f'the recipe "{recipe.name}" needs a language model and none is configured: {told}; {_FIXED_BY}',
        tuple(lines),
    )


def _explained(target: Target, workspace: Workspace) -> Iterator[str]:
    """Tell a definition's signature, its documentation, who uses it and what tests it."""
    text = target.text.encode("utf-8", "replace")
    parsed = parse_source(text, target.language)
    definition = target.definition or (enclosing(parsed, target.lines[0]) if target.span else None)
    if definition is None:
        outer = [found for found in parsed.definitions if found.depth == 0]
        yield f"{target.label} defines {len(outer)} names at top level"
        for item in outer[:20]:
            yield f"  {target.path}:{item.start_line}  {item.kind} {item.name}"
        return
    signature = text[definition.signature_start_byte : definition.signature_end_byte].decode(
        "utf-8", "replace"
    )
    yield f"{target.path}:{definition.start_line}-{definition.end_line}  {definition.kind} {definition.name}"
    yield from (f"  {line}" for line in signature.rstrip().split("\n"))
    inside = [
        (start, end)
        for start, end in parsed.comments
        if definition.signature_end_byte <= start < definition.end_byte
        or (end <= definition.start_byte and not text[end : definition.start_byte].strip())
    ]
    for start, end in inside[:1]:
        documentation = text[start:end].decode("utf-8", "replace").split("\n")
        yield from (f"  {line.strip()}" for line in documentation[:_DOC_LINES])
    place = place_of(workspace, target)
    if place is None or not target.path:
        return
    found = callers(workspace.source, target.path, place, _REFERENCES)
    yield from _references("used by", found.uses)
    yield from _references("tested by", found.tests)
    if not found.uses:
        yield (
            "no use of it was found"
            if found.complete
            else "no use of it was found in the files that were read"
        )


def _references(verb: str, references: tuple[Reference, ...]) -> Iterator[str]:
    for reference in references:
        caller = f"  {reference.caller.kind} {reference.caller.qualified_name}" if reference.caller else ""
        yield f"{verb} {reference.path}:{reference.line}{caller}"


def _testing(target: Target, workspace: Workspace) -> Iterator[str]:
    plan = plan_tests(target.path, workspace.source.snapshot.paths, workspace.read, symbol=target.symbol)
    if plan is None:
        return
    yield f"test framework: {plan.framework} ({plan.evidence})"
    yield (
        f"test file: {plan.test_file}"
        if plan.test_file
        else f"test file: none yet; a new one would be {plan.new_file}"
    )
    if plan.sample:
        yield f"shows the style: {plan.sample}"
    if plan.command:
        yield f"run: {plan.command}"


def _staged(recipe: Recipe, workspace: Workspace) -> Iterator[str]:
    gathered: Gathered = gather(recipe, None, {}, workspace)
    for file in gathered.diff:
        added = sum(line.mark == "+" for line in file.lines)
        removed = sum(line.mark == "-" for line in file.lines)
        yield f"{file.status}: {file.path} (+{added} -{removed})"
    if gathered.style is not None:
        yield from gathered.style.in_words().rstrip().split("\n")


def _documents(question: str, workspace: Workspace) -> Iterator[str]:
    if not question.strip():
        return
    told = answer(workspace.searcher, question)
    yield told.statement
    for passage in told.passages:
        yield f"  {passage.result.location}  {passage.result.name}".rstrip()
