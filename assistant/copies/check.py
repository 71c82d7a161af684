"""The check for copied code: what of a text is other people's, under which licence, and may it stay there.

The one function that the command line, answers, completions and the language server call. It compares with what the
corpora hold at the moment and never adds to them: :meth:`CorpusLibrary.ensure` is for whoever has the time.
"""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from threading import Lock

from assistant.copies.corpora import CorpusLibrary, Facts, is_file, is_own
from assistant.copies.licences.model import NOASSERTION, Confidence, LicenceFinding
from assistant.copies.model import CopyFinding, CopyKind, CopyLevel, CopySource
from assistant.copies.policy import Policies, Ruling, Verdict, policy_for
from assistant.copies.suppress import remarks_at
from assistant.errors import SettingsError
from assistant.settings import Settings
from indexer.discovery import Role, role_of
from indexer.discovery.content import generated_detail, minified_detail
from indexer.fingerprints.commonness import shipped_common_grams
from indexer.fingerprints.evidence import Level
from indexer.fingerprints.matching import Match, Matcher, MatchSource
from indexer.fingerprints.model import Place
from indexer.fingerprints.snapshot import StoreSnapshot
from indexer.languages import LanguageKind, language_named, language_of

_LOG = logging.getLogger(__name__)

_WINDOW_LINES = 100
"""Lines around those to check that are looked at, too: the engine aligns over 65 tokens of them."""
_WHOLE_TEXT_CHARS = 20_000
_LEAST_DUPLICATE_TOKENS = 50


@dataclass(frozen=True, slots=True)
class _Workspace:
    """What holds for the files of one root."""

    root: Path
    policies: Policies | None
    problem: str
    is_excluded: Callable[[Place], bool]

    def ruling(self, licence: LicenceFinding, package: str, path: str) -> Ruling:
        """Judge a licence; with a policy that cannot be read, everything is to be reviewed."""
        if self.policies is None:
            return Ruling(Verdict.REVIEW, self.problem)
        return self.policies.judge(licence, package, path)


class CopyChecker:
    """Checks texts against the corpora. One for a process; safe to use from several threads.

    :param roots: workspaces. A file belongs to the deepest that holds it, else to the repository around it.
    :param library: the corpora; made from the settings if there is none yet.
    """

    def __init__(
        self,
        settings: Settings,
        environ: Mapping[str, str],
        roots: Sequence[Path] = (),
        library: CorpusLibrary | None = None,
    ) -> None:
        self.settings = settings
        self.library = library or CorpusLibrary(settings, environ)
        self._roots = [root.resolve() for root in roots]
        self._lock = Lock()
        self._matcher: Matcher | None = None
        self._workspaces: dict[Path, _Workspace] = {}

    def check(
        self, text: str, path: str | Path, lines: Collection[int] | None = None, *, language: str = ""
    ) -> list[CopyFinding]:
        """Find what a text has of other people's code. Never raises for what the text or the corpora hold.

        Files that are vendored, generated or hold no code have no findings. What is allowed, accepted by a comment or
        given credit is found all the same; :attr:`CopyFinding.is_settled` tells.

        :param path: of the file that the text is or will be, absolute or relative to the first root; its name tells
            the language.
        :param lines: those to check, from 1; all by default. What stands around them is no evidence.
        :param language: a name of :mod:`indexer.languages`, where the path does not tell.
        :return: findings by line.
        """
        return self._guarded(text, path, lines, CopyKind.COPY, language)

    def duplicates(
        self, text: str, path: str | Path, lines: Collection[int] | None = None
    ) -> list[CopyFinding]:
        """Find what a text has of the user's own code elsewhere, as hints; otherwise as :meth:`check`."""
        return self._guarded(text, path, lines, CopyKind.DUPLICATE)

    def require_policy(self, root: Path) -> None:
        """Make sure that the policy of a workspace can be read.

        :raises SettingsError: if it cannot; :meth:`check` then reports everything for review.
        """
        policy_for(root, self.settings)

    def forget(self) -> None:
        """Read policies and the list of the user's own repositories anew at the next check."""
        with self._lock:
            self._workspaces.clear()

    def _guarded(
        self, text: str, path: str | Path, lines: Collection[int] | None, kind: CopyKind, language: str = ""
    ) -> list[CopyFinding]:
        try:
            return self.find(text, path, lines, kind, language=language)
        except Exception:
            # The check goes along with typing and answering: neither may fail for it.
            _LOG.exception("the check for copied code failed")
            return []

    def find(
        self,
        text: str,
        path: str | Path,
        lines: Collection[int] | None = None,
        kind: CopyKind = CopyKind.COPY,
        *,
        language: str = "",
    ) -> list[CopyFinding]:
        """Do the same for a caller to whom "nothing was found" must never mean "the check failed".

        :raises Exception: whatever goes wrong, which is a bug.
        """
        place = self._absolute(path)
        workspace = self._workspace(place)
        inside = place.relative_to(workspace.root).as_posix() if place.is_relative_to(workspace.root) else ""
        known = language_named(language) or language_of(place.name, text[:200].encode("utf-8", "replace"))
        if known.kind is not LanguageKind.CODE or _is_foreign(inside or place.name, text):
            return []
        window = _Window.of(text, lines)
        matches = self._ready_matcher().match(
            window.text, known.name, lines=window.lines, exclude=_exclusion(workspace, kind, inside)
        )
        if kind is CopyKind.DUPLICATE:
            matches = [match for match in matches if match.matched_tokens >= _LEAST_DUPLICATE_TOKENS]
        all_lines = text.split("\n")
        found = (
            _finding(str(path), match, window.skipped, all_lines, workspace, kind)
            for match in matches
            if match.sources
        )
        return sorted(found, key=lambda one: (one.start_line, one.end_line))

    def _ready_matcher(self) -> Matcher:
        with self._lock:
            if self._matcher is None:
                self._matcher = Matcher([_Current(self.library)], shipped_common_grams())
            return self._matcher

    def _absolute(self, path: str | Path) -> Path:
        given = Path(path)
        return given if given.is_absolute() else (self._roots[0] if self._roots else Path.cwd()) / given

    def _workspace(self, path: PurePath) -> _Workspace:
        root = self._root_of(Path(path))
        with self._lock:
            known = self._workspaces.get(root)
        if known is None:
            known = self._made_workspace(root)
            with self._lock:
                self._workspaces[root] = known
        return known

    def _root_of(self, path: Path) -> Path:
        around = [root for root in self._roots if path.is_relative_to(root)]
        if around:
            return max(around, key=lambda root: len(root.parts))
        found = (folder for folder in path.parents if (folder / ".git").exists())
        return next(found, path.parent)

    def _made_workspace(self, root: Path) -> _Workspace:
        policies, problem = None, ""
        try:
            policies = policy_for(root, self.settings)
        except SettingsError as error:
            problem = str(error)
        return _Workspace(root, policies, problem, self.library.exclude_for(root))


class _Current:
    """The store as it was last published."""

    def __init__(self, library: CorpusLibrary) -> None:
        self._library = library

    @property
    def snapshot(self) -> StoreSnapshot:
        return self._library.store.snapshot


@dataclass(frozen=True, slots=True)
class _Window:
    """The part of a text that is looked at.

    :ivar skipped: lines before it.
    """

    text: str
    lines: Collection[int] | None
    skipped: int

    @classmethod
    def of(cls, text: str, lines: Collection[int] | None) -> "_Window":
        """Cut a long text to the surroundings of the lines to check."""
        if lines is None or not lines or len(text) <= _WHOLE_TEXT_CHARS:
            return cls(text, lines, 0)
        skipped = max(0, min(lines) - 1 - _WINDOW_LINES)
        last = max(lines) + _WINDOW_LINES
        kept = text.split("\n", last)[skipped:last]
        return cls("\n".join(kept), [line - skipped for line in lines], skipped)


def _is_foreign(path: str, text: str) -> bool:
    """Tell whether a file is other people's by declaration, or written by a program."""
    if role_of(path) & (Role.VENDORED | Role.GENERATED):
        return True
    raw = text.encode("utf-8", "replace")
    return bool(minified_detail(path, raw) or generated_detail(path, raw))


def _exclusion(workspace: _Workspace, kind: CopyKind, path: str) -> Callable[[Place], bool]:
    if kind is CopyKind.COPY:
        return workspace.is_excluded
    root = workspace.root
    return lambda place: not is_own(place) or bool(path and is_file(place, root, path))


def _finding(
    path: str, match: Match, skipped: int, lines: Sequence[str], workspace: _Workspace, kind: CopyKind
) -> CopyFinding:
    start, end = match.start_line + skipped, match.end_line + skipped
    sources = tuple(_source(one, workspace) for one in _apart(match.sources))
    exact = match.level is Level.WARNING and kind is CopyKind.COPY
    remarks = remarks_at(lines, start, end)
    finding = CopyFinding(
        path,
        start,
        end,
        "\n".join(lines[start - 1 : end]),
        kind,
        CopyLevel.WARNING if exact else CopyLevel.HINT,
        match.exact_run,
        match.matched_tokens,
        match.renamed,
        sources,
        remarks.reason,
        is_verified=match.is_verified,
    )
    return replace(finding, attributed=remarks.credit(sources))


def _apart(sources: Sequence[MatchSource]) -> list[MatchSource]:
    """Leave out passages within a better one of the same file."""
    kept: list[MatchSource] = []
    for one in sources:
        if not any(
            one.place == other.place and one.start_line <= other.end_line and other.start_line <= one.end_line
            for other in kept
        ):
            kept.append(one)
    return kept


def _source(found: MatchSource, workspace: _Workspace) -> CopySource:
    origin = found.place.origin
    facts, general = Facts.from_json(found.place.facts), Facts.from_json(origin.facts)
    licence = _licence(facts if facts.licence else general)
    on_disk = Path(origin.root, found.place.path) if origin.root else None
    return CopySource(
        origin.name,
        origin.version,
        found.place.path,
        found.start_line,
        found.end_line,
        found.text,
        licence,
        workspace.ruling(licence, origin.name, found.place.path),
        general.kind,
        facts.url or general.url,
        facts.revision or general.revision,
        str(on_disk) if on_disk else "",
    )


def _licence(facts: Facts) -> LicenceFinding:
    names = {confidence.name.lower(): confidence for confidence in Confidence}
    return LicenceFinding(
        facts.licence or NOASSERTION,
        names.get(facts.confidence, Confidence.UNKNOWN),
        (facts.evidence,) if facts.evidence else (),
        tuple(line for line in facts.copyrights.split("\n") if line),
    )
