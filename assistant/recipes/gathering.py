"""Collects the context that a recipe declares: the target, what surrounds it, and what git knows of a change.

Everything is a passage with the file and lines that it comes from, so that the gate can judge each one. Nothing outside
the repository is read, whatever a recipe declares.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.answers.places import Place, current_file
from assistant.answers.references import References, callers
from assistant.context.items import ContextItem, items_of
from assistant.context.related import signatures_used
from assistant.errors import AssistError
from assistant.privacy import FileOrigin, Prompt, Typed
from assistant.recipes import git
from assistant.recipes.commit_style import CommitStyle, style_of
from assistant.recipes.diffs import DiffFile, parse_diff
from assistant.recipes.errors import TargetError
from assistant.recipes.files import fill
from assistant.recipes.model import ContextSource, Mode, Recipe, SourceKind
from assistant.recipes.targets import Target, read_target
from assistant.recipes.testing import Plan, plan_tests
from assistant.retrieval import traces
from assistant.retrieval.query import parse_query
from assistant.retrieval.search import Searcher, Source
from indexer.chunking import parse_source
from indexer.discovery import DiscoveryRules, Role, role_of

if TYPE_CHECKING:
    from assistant.copies.check import CopyChecker

_CALLERS = 5
_AROUND = 3
"""Lines shown before and after a call."""
_FOUND = 6
_TEST_LINES = 250
_README_LINES = 150


@dataclass(frozen=True, slots=True)
class Workspace:
    """The repository that a recipe works in."""

    root: Path
    searcher: Searcher
    """Over this repository alone."""
    rules: DiscoveryRules
    folder: Path
    """What a relative path is relative to."""
    copies: "CopyChecker | None" = None
    """Checks the code of answers."""

    @property
    def source(self) -> Source:
        """The repository's index and texts."""
        return self.searcher.sources[0]

    def read(self, path: str) -> str | None:
        """Return the text of an indexed file; None if it is gone."""
        source = self.source.texts.read(path)
        return source.text.decode("utf-8", "replace") if source else None


@dataclass(frozen=True, slots=True)
class Passage:
    """A text for the model, with where it comes from."""

    item: ContextItem
    origin: FileOrigin | Typed | Prompt
    source: SourceKind
    needed: bool = False
    """Without it the recipe makes no sense."""


@dataclass(slots=True)
class Gathered:
    """What was collected, and what was found out on the way."""

    passages: list[Passage] = field(default_factory=list)
    diff: tuple[DiffFile, ...] = ()
    tests: Plan | None = None
    style: CommitStyle | None = None
    notes: list[str] = field(default_factory=list)


def gather(
    recipe: Recipe,
    target: Target | None,
    values: Mapping[str, str],
    workspace: Workspace,
    diff_source: Callable[[str], str] | None = None,
) -> Gathered:
    """Collect a recipe's context, in the order in which it is declared.

    :param values: what ``{{names}}`` in declared queries and paths stand for.
    :param diff_source: gives the diff for the repository's folder in the place of the work tree's.
    :raises AssistError: if something that the recipe needs is not there.
    """
    return _Gatherer(target, values, workspace, diff_source).gather(recipe)


class _Gatherer:
    """The state of one collection."""

    def __init__(
        self,
        target: Target | None,
        values: Mapping[str, str],
        workspace: Workspace,
        diff_source: Callable[[str], str] | None,
    ) -> None:
        self._target, self._values, self._workspace = target, values, workspace
        self._diff_source = diff_source or git.working_diff
        self._found = Gathered()
        self._references: References | None = None

    def gather(self, recipe: Recipe) -> Gathered:
        for source in recipe.context:
            for passage in self._of(source):
                if not self._has(passage):
                    self._found.passages.append(passage)
        if recipe.mode is Mode.NEW_FILE and self._target is not None and self.test_plan(self._target) is None:
            raise TargetError(_NO_FRAMEWORK.format(self._target.path))
        return self._found

    def _has(self, passage: Passage) -> bool:
        """Tell whether the lines are there already; a whole file is given besides its selection."""
        item = passage.item
        return any(
            (other.item.root, other.item.path) == (item.root, item.path)
            and item.start_line
            and other.item.start_line <= item.start_line
            and other.item.end_line >= item.end_line
            for other in self._found.passages
        )

    def _of(self, source: ContextSource) -> Iterator[Passage]:
        kind, argument = source.kind, fill(source.argument, dict(self._values))
        if kind in (SourceKind.DIFF, SourceKind.STAGED, SourceKind.COMMIT):
            yield from self._changes(kind)
        elif kind is SourceKind.LOG:
            yield from self._log()
        elif kind in (SourceKind.QUERY, SourceKind.DOCS):
            yield from self._search(argument or self._values.get("instruction", ""), kind)
        elif kind is SourceKind.README:
            yield from self._readme()
        elif kind is SourceKind.FILE and argument:
            yield from self._file(
                read_target(self._workspace.root, argument, self._workspace.rules), kind, "declared"
            )
        elif self._target is not None:
            yield from self._about(self._target, kind)

    def _about(self, target: Target, kind: SourceKind) -> Iterator[Passage]:
        if kind is SourceKind.SELECTION:
            yield self._lines(target, *target.lines, kind, "the target", needed=True)
        elif not target.path:
            return
        elif kind is SourceKind.FILE:
            yield from self._file(target, kind, "the file of the target")
        elif kind is SourceKind.DEFINITION:
            yield from self._definition(target)
        elif kind is SourceKind.CALLERS:
            yield from self._callers(target)
        elif kind is SourceKind.RELATED:
            yield from self._related(target)
        elif kind is SourceKind.TESTING:
            yield from self._testing(target)
        elif kind is SourceKind.TESTS:
            yield from self._tests(target)

    def _lines(
        self, target: Target, start: int, end: int, kind: SourceKind, why: str, *, needed: bool = False
    ) -> Passage:
        root = self._workspace.root
        if not target.path:
            item = ContextItem("standard input", 0, 0, target.text, "selection", 2.0, why)
            return Passage(item, Typed(), kind, needed)
        item = ContextItem(target.path, start, end, target.slice(start, end), kind.value, 2.0, why, root)
        return Passage(item, FileOrigin(root, target.path, start, end, mentioned=needed), kind, needed)

    def _file(self, target: Target, kind: SourceKind, why: str) -> Iterator[Passage]:
        whole = Target(target.path, target.text, target.language)
        yield self._lines(whole, *whole.lines, kind, why)

    def _definition(self, target: Target) -> Iterator[Passage]:
        """Give the definition around chosen lines."""
        if target.span is None or target.definition is not None:
            return
        parsed = parse_source(target.text.encode("utf-8", "replace"), target.language)
        around = [
            item
            for item in parsed.definitions
            if item.start_line <= target.span[0] and item.end_line >= target.span[1]
        ]
        if around:
            best = min(around, key=lambda item: item.end_line - item.start_line)
            yield self._lines(
                target, best.start_line, best.end_line, SourceKind.DEFINITION, "around the target"
            )

    def _uses(self, target: Target) -> References | None:
        """Return who uses the target's definition, or of a file's its largest top-level one."""
        if self._references is None:
            place = place_of(self._workspace, target)
            if place is not None:
                self._references = callers(self._workspace.source, target.path, place, _CALLERS)
        return self._references

    def _callers(self, target: Target) -> Iterator[Passage]:
        found = self._uses(target)
        for use in found.uses if found else ():
            yield from self._around(use.path, use.line, SourceKind.CALLERS, f"uses {target.symbol}")

    def _around(self, path: str, line: int, kind: SourceKind, why: str) -> Iterator[Passage]:
        text = self._workspace.read(path)
        if text is None:
            return
        lines = text.split("\n")
        start, end = max(1, line - _AROUND), min(len(lines), line + _AROUND)
        root = self._workspace.root
        item = ContextItem(path, start, end, "\n".join(lines[start - 1 : end]), "caller", 1.0, why, root)
        yield Passage(item, FileOrigin(root, path, start, end), kind)

    def _related(self, target: Target) -> Iterator[Passage]:
        passage = self._lines(target, *target.lines, SourceKind.RELATED, "the target")
        for item in signatures_used(self._workspace.source, passage.item):
            origin = FileOrigin(self._workspace.root, item.path, item.start_line, item.end_line)
            yield Passage(item, origin, SourceKind.RELATED)

    def test_plan(self, target: Target) -> Plan | None:
        """Return how the target is tested."""
        if self._found.tests is None:
            found = self._uses(target)
            self._found.tests = plan_tests(
                target.path,
                self._workspace.source.snapshot.paths,
                self._workspace.read,
                symbol=target.symbol,
                referring=[use.path for use in found.tests] if found else (),
            )
        return self._found.tests

    def _testing(self, target: Target) -> Iterator[Passage]:
        plan = self.test_plan(target)
        if plan is None:
            raise TargetError(_NO_FRAMEWORK.format(target.path))
        where = (
            f"the existing test file {plan.test_file}" if plan.test_file else f"the new file {plan.new_file}"
        )
        text = f"Test framework: {plan.framework} ({plan.evidence}).\nThe tests go to {where}."
        if plan.command:
            text += f"\nThey are run with: {plan.command}"
        item = ContextItem("how it is tested", 0, 0, text, "testing", 2.0, "found out from the repository")
        yield Passage(item, Typed(), SourceKind.TESTING)

    def _tests(self, target: Target) -> Iterator[Passage]:
        plan = self.test_plan(target)
        path = plan and (plan.test_file or plan.sample)
        if plan and path and path != target.path:
            why = "its tests so far" if plan.test_file else "shows how tests are written here"
            text = self._workspace.read(path) or ""
            end = min(_TEST_LINES, max(1, text.count("\n")))
            passage = self._lines(Target(path, text, target.language), 1, end, SourceKind.TESTS, why)
            yield passage
        found = self._uses(target)
        for use in found.tests if found else ():
            yield from self._around(use.path, use.line, SourceKind.TESTS, f"tests {target.symbol}")

    def _changes(self, kind: SourceKind) -> Iterator[Passage]:
        root = self._workspace.root
        reader = {SourceKind.STAGED: git.staged_diff, SourceKind.COMMIT: git.commit_diff}.get(
            kind, self._diff_source
        )
        files = [
            file
            for file in parse_diff(reader(str(root)))
            if file.status != "binary" or kind is SourceKind.STAGED
        ]
        if not files:
            raise TargetError(_NOTHING_CHANGED[kind])
        self._found.diff += tuple(files)
        for file in files:
            lines = file.new_lines or {1}
            heading = f"{file.status}\n{file.numbered()}".rstrip()
            item = ContextItem(
                file.path, 0, 0, heading, "diff", 2.0, "the change, with its new line numbers", root
            )
            # Judged as any other file: a change of an ignored or private file is not shown.
            origin = FileOrigin(root, file.path, min(lines), max(lines), former=file.former)
            yield Passage(item, origin, kind)

    def _log(self) -> Iterator[Passage]:
        self._found.style = style_of(git.subjects(str(self._workspace.root)))
        item = ContextItem(
            "git log", 0, 0, self._found.style.in_words(), "log", 1.0, "how commits are written here"
        )
        yield Passage(item, Typed(), SourceKind.LOG)

    def _search(self, words: str, kind: SourceKind) -> Iterator[Passage]:
        if not words.strip():
            raise TargetError("there is nothing to look for; say what, after the recipe's name")
        docs = kind is SourceKind.DOCS
        query = parse_query(words, is_trace=traces.is_trace, strict=False)
        results = self._workspace.searcher.search(query, 8 * _FOUND if docs else _FOUND).results
        if docs:
            results = tuple(result for result in results if role_of(result.path) & Role.DOCS)
        items = items_of(results, self._workspace.searcher.sources)[:_FOUND]
        if not items:
            self._found.notes.append(f'nothing {"in the documentation " * docs}fits "{words.strip()[:80]}"')
        for item in items:
            origin = FileOrigin(self._workspace.root, item.path, item.start_line, item.end_line)
            yield Passage(item, origin, kind)

    def _readme(self) -> Iterator[Passage]:
        paths = [path for path in self._workspace.source.snapshot.paths if "/" not in path]
        for path in sorted(paths):
            if path.lower().partition(".")[0] != "readme":
                continue
            try:
                target = read_target(self._workspace.root, path, self._workspace.rules)
            except AssistError:
                continue
            end = min(_README_LINES, target.lines[1])
            yield self._lines(target, 1, end, SourceKind.README, "the repository's readme")
            return


def place_of(workspace: Workspace, target: Target) -> Place | None:
    """Return the target's definition as the index has it; None if it is none or the file is gone."""
    file = current_file(workspace.source, target.path) if target.definition and target.path else None
    if file is None or target.definition is None:
        return None
    wanted = (target.definition.name, target.definition.start_line)
    return next((place for place in file.definitions if (place.name, place.start_line) == wanted), None)


_NO_FRAMEWORK = "no test framework is known for {}; name a file of source code"
_NOTHING_CHANGED = {
    SourceKind.DIFF: "there is no change to look at; name one with --diff REV, or add new files with `git add`",
    SourceKind.STAGED: "nothing is staged; stage the change with `git add`",
    SourceKind.COMMIT: "the last commit changes no text",
}
