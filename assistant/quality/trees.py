"""The copy of a repository that is searched: an earlier commit of it, or its files as they are, with comments masked.

The copy lies in a folder of its own, so that neither the repository nor its index is touched.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.quality.commits import Change, History, asks_for_file
from assistant.quality.documentation import Documented, documented, masked
from assistant.quality.queries import DerivedQuery, Kind, Target, sampled
from assistant.retrieval.places import BEHIND
from indexer.chunking import parse_source
from indexer.discovery import DiscoveryRules, Role, Source, list_files, read_source, role_of
from indexer.languages import Language, LanguageKind, language_of

_MOST_TARGETS = 5
_PARSED_FILES = 4
"""So many files are looked into for each documented definition that is wanted."""

_MOST_OF_A_FILE = 2
_SHEBANG_BYTES = 4096
_MOST_BYTES = 1_000_000

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy with the queries that its making gave.

    :param files: how many files of text were written.
    :param of: with those that a sample leaves out.
    """

    queries: tuple[DerivedQuery, ...]
    files: int
    of: int


def copy_commit(
    history: History,
    commit: str,
    changes: Sequence[Change],
    docs: int,
    into: Path,
    progress: Progress,
    behind: Role = BEHIND,
    most_files: int | None = None,
) -> Copied:
    """Write the files of a commit; queries are later changes and documentation.

    :param docs: how many documented definitions are chosen.
    :param behind: roles of files that are no targets.
    :param most_files: of more files, a sample and those that the changes ask for; None for all.
    """
    files = history.files(commit)
    inside = [path for path in files if is_inside(path)]
    wanted = _sample(inside, {path for change in changes for path in change.paths}, most_files)
    contents = history.contents([files[path] for path in wanted])
    texts: dict[str, bytes] = {}
    for number, (path, text) in enumerate(zip(wanted, contents, strict=False)):
        progress(number, len(wanted))
        if len(text) <= _MOST_BYTES and b"\0" not in text[:8000]:
            texts[path] = text
            _write(into / path, text)
    history.attach(commit, into)
    asked = [query for change in changes if (query := change_query(change, texts, behind))]
    return Copied(
        (*asked, *_mask_documentation(texts, docs, into)), len(texts), len(texts) + len(inside) - len(wanted)
    )


def copy_folder(
    root: Path,
    rules: DiscoveryRules,
    docs: int,
    into: Path,
    progress: Progress,
    most_files: int | None = None,
) -> Copied:
    """Write the files of a folder as they are; queries are documentation alone.

    :param most_files: of more files, a sample; None for all.
    """
    texts: dict[str, bytes] = {}
    found = [file.path for file in list_files(root, rules).files]
    wanted = _sample(found, set(), most_files)
    for number, path in enumerate(wanted):
        progress(number, len(wanted))
        source = read_source(root, path, rules)
        if isinstance(source, Source):
            texts[path] = source.text
            _write(into / path, source.text)
    return Copied(
        tuple(_mask_documentation(texts, docs, into)), len(texts), len(texts) + len(found) - len(wanted)
    )


def _sample(paths: list[str], needed: set[str], most: int | None) -> list[str]:
    if most is None or len(paths) <= most:
        return paths
    chosen = set(sampled(paths, str, most)) | needed
    return [path for path in paths if path in chosen]


def is_inside(path: str) -> bool:
    """Tell whether a path of a commit lies below the folder that it is written to."""
    return ".." not in path.split("/") and ".git" not in path.lower().split("/") and not path.startswith("/")


def is_code(path: str, text: bytes, behind: Role = BEHIND) -> bool:
    """Tell whether a file is code that a search shows first: no test, example, document and so on."""
    language = language_of(path, text[:_SHEBANG_BYTES])
    return language.kind is LanguageKind.CODE and not role_of(path) & behind


def change_query(change: Change, texts: dict[str, bytes], behind: Role = BEHIND) -> DerivedQuery | None:
    """Return a change as a query for the code that it modified; None if that is none, much, or named outright."""
    code = [path for path in change.paths if path in texts and is_code(path, texts[path], behind)]
    missing = [path for path in change.paths if path not in texts and is_code(path, b"", behind)]
    if not 1 <= len(code) <= _MOST_TARGETS or missing:
        return None
    if any(asks_for_file(change.subject, path) for path in code):
        return None
    language = language_of(code[0], texts[code[0]][:_SHEBANG_BYTES]).name
    return DerivedQuery(change.subject, Kind.CHANGE, language, tuple(Target(path) for path in code))


def _mask_documentation(texts: dict[str, bytes], count: int, into: Path) -> Iterator[DerivedQuery]:
    """Choose documented definitions, mask their comments in the copy and yield what they say."""
    code = [path for path in texts if is_code(path, texts[path])]
    found: list[tuple[str, Language, Documented]] = []
    said: dict[str, int] = {}
    for path in sampled(code, str, _PARSED_FILES * count):
        language = language_of(path, texts[path][:_SHEBANG_BYTES])
        of_file = documented(parse_source(texts[path], language), texts[path])
        for one in of_file:
            said[one.sentence.lower()] = said.get(one.sentence.lower(), 0) + 1
        chosen = sampled(of_file, lambda one: f"{one.definition.name} {one.sentence}", _MOST_OF_A_FILE)
        found += [(path, language, one) for one in chosen]
    found = [item for item in found if said[item[2].sentence.lower()] == 1]
    by_path: dict[str, list[tuple[int, int]]] = {}
    for path, language, one in sampled(found, lambda item: f"{item[0]} {item[2].definition.name}", count):
        by_path.setdefault(path, []).append(one.comment)
        yield one.query(path, language.name)
    for path, comments in by_path.items():
        _write(into / path, masked(texts[path], comments))


def _write(file: Path, text: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text)
