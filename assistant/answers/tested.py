"""Which test files are named after a file: ``pdf_test.go``, ``PdfTest.java``, ``tests/lib/pdf.js``.

Names alone decide: nothing is read, and nothing is said about what such a test really covers.
"""

import re
from pathlib import PurePosixPath

from assistant.answers.highlight import Matcher
from assistant.answers.passages import Passage, lines_of
from assistant.answers.places import current_file
from assistant.retrieval.results import SearchResult
from assistant.retrieval.search import Source
from indexer.discovery import Role
from indexer.lexical.stems import telling_stem

_AFFIX = re.compile(r"^(?:tests?|specs?|it)(?=[^a-z]|$)|(?:tests?|specs?|testcase|itcase)$")
_FIRST_LINES = 3


def files_testing(source: Source, path: str) -> list[str]:
    """Return the test files that are named as a file is, those nearest to its folder first."""
    wanted = _plain(telling_stem(path))
    if not wanted:
        return []
    snapshot = source.snapshot
    suffix, folders = PurePosixPath(path).suffix, set(PurePosixPath(path).parts[:-1])
    found = [
        other
        for other, role in zip(snapshot.paths, snapshot.roles.tolist(), strict=True)
        if role & Role.TEST.value and other != path and _without_affix(PurePosixPath(other).name) == wanted
    ]

    def distance(other: str) -> tuple[bool, int, int, str]:
        parts = set(PurePosixPath(other).parts[:-1])
        return PurePosixPath(other).suffix != suffix, -len(folders & parts), len(parts), other

    return sorted(found, key=distance)


def beginning_of(source: Source, path: str, matcher: Matcher) -> Passage | None:
    """Return the first definitions of a file, or its first lines; None if it is gone."""
    file = current_file(source, path)
    if file is None or not file.lines:
        return None
    numbers = [place.name_line for place in file.definitions if place.kind != "import"][:_FIRST_LINES]
    numbers = numbers or [n for n, line in enumerate(file.lines, 1) if line.strip()][:_FIRST_LINES] or [1]
    result = SearchResult(
        root=source.snapshot.root,
        path=path,
        start_line=1,
        end_line=len(file.lines),
        score=1.0,
        language=file.language,
        name="",
        kind="text",
        lines=tuple(numbers),
    )
    return Passage(result, lines_of(file, numbers, matcher), "named after it")


def _without_affix(name: str) -> str:
    """Return a test file's name without what makes it one: ``pdf`` of ``pdf.spec.ts`` and ``TestPdf.java``."""
    stem = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name.partition(".")[0] if name[:1] != "." else name)
    return _plain(_AFFIX.sub("", stem.lower().strip("_-")))


def _plain(stem: str) -> str:
    return re.sub(r"[\W_]", "", stem.lower())
