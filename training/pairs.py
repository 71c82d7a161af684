"""Pairs of words that ask and words that answer, derived from the history and the files of public repositories.

Of every repository that is given: its documentation comments with the bodies they stand on, the words of names with
bodies that lack them, subjects of commits with what they changed, words of paths with contents, names of tests with
what they test. Text is kept as counted words, one file a repository, for ``training.train_table`` and
``training.synonyms``; nothing of it is committed. ``repositories.tsv`` lists what was used.

    python -m training.pairs --into DIR --exclude QUERY_SET_REPOSITORIES MIRROR/psf+requests/repo ...

A file is left out if its content is one of an excluded repository's, or of a repository before it; a body if its words
are.
"""

import argparse
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b, sha1
from pathlib import Path, PurePosixPath

import numpy as np

from assistant.copies.licences.files import LicenceFinder
from assistant.quality.commits import Change, History
from assistant.quality.documentation import documented, masked
from indexer.chunking import Definition, ParsedSource, parse_source
from indexer.discovery import Role, role_of
from indexer.discovery.git import safe_command, safe_environment
from indexer.languages import LanguageKind, language_of
from indexer.lexical.tokens import WORD, split_word

KINDS = ("comment", "name", "commit", "path", "test")
SEED = 7
MOST_FILES = 220
MOST_COMMITS = 120
MOST_OF_A_KIND = 900
_MOST_FILE_BYTES = 60_000
_MOST_BODY_BYTES = 3_000
_MOST_HUNK_BYTES = 6_000
_FEWEST_BODY_WORDS = 8
_LEFT_OUT = Role.VENDORED | Role.GENERATED
_CALLABLE = frozenset("function method constructor macro".split())
_TYPES = frozenset("class interface struct enum trait type object module record protocol".split())
_TEST_WORDS = frozenset("test tests should it when spec case returns".split())


@dataclass(frozen=True, slots=True)
class Pair:
    """Words that ask and words that answer."""

    kind: str
    language: str
    question: Counter[str]
    answer: Counter[str]


@dataclass(slots=True)
class Seen:
    """Hashes of contents and of bodies that are in use already, or excluded."""

    contents: set[str] = field(default_factory=set)
    bodies: set[bytes] = field(default_factory=set)

    def body(self, words: Counter[str]) -> bool:
        """Tell whether a body with these words was seen; it is from now on."""
        said = " ".join(f"{word} {count}" for word, count in sorted(words.items()))
        key = blake2b(said.encode(), digest_size=8).digest()
        known = key in self.bodies
        self.bodies.add(key)
        return known


def pairs_of(git_folder: Path, seen: Seen) -> Iterator[Pair]:
    """Yield the pairs of one repository."""
    history = History("--git-dir", str(git_folder))
    files = {
        path: name
        for path, name in history.files("HEAD").items()
        if name not in seen.contents and not role_of(path) & _LEFT_OUT and _is_code(path)
    }
    chosen = sorted(files)
    random.Random(SEED).shuffle(chosen)
    chosen = chosen[:MOST_FILES]
    seen.contents.update(files[path] for path in chosen)
    tested: dict[str, Counter[str]] = {}
    tests: list[tuple[str, list[str]]] = []
    for path, text in zip(chosen, history.contents([files[path] for path in chosen]), strict=True):
        if 0 < len(text) <= _MOST_FILE_BYTES:
            yield from _file_pairs(path, text, seen, tested, tests)
    yield from _test_pairs(tests, tested)
    yield from _commit_pairs(git_folder, history)


def _is_code(path: str) -> bool:
    return language_of(path).kind is LanguageKind.CODE


def _file_pairs(
    path: str, text: bytes, seen: Seen, tested: dict[str, Counter[str]], tests: list[tuple[str, list[str]]]
) -> Iterator[Pair]:
    language = language_of(path, text[:4096])
    parsed = parse_source(text, language)
    comments = {item.definition: item for item in documented(parsed, text)}
    bare = masked(text, list(parsed.comments))
    is_test = bool(role_of(path) & Role.TEST)
    for definition in parsed.definitions:
        if definition.kind not in _CALLABLE and definition.kind not in _TYPES:
            continue
        name = split_word(definition.name)
        if is_test:
            if definition.kind in _CALLABLE and "test" in name:
                tests.append((language.name, [part for part in name if part not in _TEST_WORDS]))
            continue
        body = _counted(bare[definition.start_byte : definition.end_byte][:_MOST_BODY_BYTES])
        if sum(body.values()) < _FEWEST_BODY_WORDS or seen.body(body):
            continue
        if definition in comments:
            header = Counter(WORD.findall(f"{definition.name} {definition.scope}"))
            question = _counted(comments[definition].sentence.encode())
            yield Pair("comment", language.name, question, body + header)
        if definition.kind in _CALLABLE:
            tested.setdefault(definition.name.lower().replace("_", ""), body)
            if len(name) > 1:
                yield Pair("name", language.name, Counter(name), _without(body, name))
    if not is_test and parsed.definitions:
        yield _path_pair(path, language.name, bare, parsed)


def _path_pair(path: str, language: str, bare: bytes, parsed: ParsedSource) -> Pair:
    pure = PurePosixPath(path)
    asked = Counter(part for name in (*pure.parts[-3:-1], pure.stem) for part in split_word(name))
    names = Counter(_outer_names(parsed.definitions))
    return Pair("path", language, asked, _counted(bare[:_MOST_BODY_BYTES]) + names)


def _outer_names(definitions: Iterable[Definition]) -> list[str]:
    return [definition.name for definition in definitions if definition.depth <= 1][:40]


def _test_pairs(tests: Sequence[tuple[str, list[str]]], tested: dict[str, Counter[str]]) -> Iterator[Pair]:
    """Yield tests whose name begins with that of a function."""
    for language, words in tests:
        for length in range(len(words), 0, -1):
            body = tested.get("".join(words[:length]))
            if body is not None and len(words) > 1:
                yield Pair("test", language, Counter(words), body)
                break


def _commit_pairs(git_folder: Path, history: History) -> Iterator[Pair]:
    changes = {change.commit: change for change in history.changes()}
    chosen = random.Random(SEED).sample(sorted(changes), min(MOST_COMMITS, len(changes)))
    for commit, hunks in _hunks(git_folder, chosen):
        change: Change = changes[commit]
        code = [path for path in change.paths if _is_code(path)]
        answer = _counted(hunks[:_MOST_HUNK_BYTES])
        for path in code:
            answer.update(WORD.findall(path))
        if code and sum(answer.values()) >= _FEWEST_BODY_WORDS:
            yield Pair("commit", language_of(code[0]).name, _counted(change.subject.encode()), answer)


def _hunks(git_folder: Path, commits: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the changed lines of commits."""
    options = ("--stdin", "-p", "-U0", "--no-color", "--no-ext-diff", "--no-textconv")
    command = safe_command("--git-dir", str(git_folder), "diff-tree", *options)
    if command is None or not commits:
        return
    given = "".join(f"{commit}\n" for commit in commits).encode()
    done = subprocess.run(command, input=given, env=safe_environment(), capture_output=True, check=False)
    for part in re.split(rb"^(?=[0-9a-f]{40}$)", done.stdout, flags=re.MULTILINE)[1:]:
        lines = part.split(b"\n")
        changed = [line[1:] for line in lines if line[:1] in b"+-" and line[:3] not in (b"+++", b"---")]
        yield lines[0].decode(), b"\n".join(changed)


def _counted(text: bytes) -> Counter[str]:
    return Counter(WORD.findall(text.decode("utf-8", "replace")))


def _without(body: Counter[str], name: Sequence[str]) -> Counter[str]:
    """Leave out the words that contain a part of a name."""
    parts = set(name)
    return Counter({word: count for word, count in body.items() if not parts & set(split_word(word))})


def seen_in(folders: Sequence[Path]) -> Seen:
    """Hash the files and bodies of excluded repositories."""
    seen = Seen()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if not path.is_file() or path.stat().st_size > 1_000_000:
                continue
            text = path.read_bytes()
            seen.contents.add(sha1(b"blob %d\0%s" % (len(text), text), usedforsecurity=False).hexdigest())
            language = language_of(path.name, text[:4096])
            if language.kind is LanguageKind.CODE:
                parsed = parse_source(text, language)
                bare = masked(text, list(parsed.comments))
                for item in parsed.definitions:
                    seen.body(_counted(bare[item.start_byte : item.end_byte][:_MOST_BODY_BYTES]))
    return seen


def limited(pairs: Iterable[Pair]) -> list[Pair]:
    """Return at most so many pairs of each kind, chosen at random."""
    by_kind: dict[str, list[Pair]] = {}
    for pair in pairs:
        if pair.question and sum(pair.answer.values()) >= _FEWEST_BODY_WORDS:
            by_kind.setdefault(pair.kind, []).append(pair)
    rng = random.Random(SEED)
    chosen = []
    for kind in KINDS:
        found = by_kind.get(kind, [])
        chosen += rng.sample(found, min(MOST_OF_A_KIND, len(found)))
    return chosen


def save(pairs: Sequence[Pair], file: Path) -> None:
    """Write pairs as arrays over one list of words."""
    words: dict[str, int] = {}
    arrays: dict[str, np.ndarray] = {}
    for side in ("question", "answer"):
        ids: list[int] = []
        counts: list[int] = []
        bounds = [0]
        for pair in pairs:
            counted: Counter[str] = getattr(pair, side)
            ids += [words.setdefault(word, len(words)) for word in counted]
            counts += counted.values()
            bounds.append(len(ids))
        arrays |= {
            f"{side}_ids": np.asarray(ids, np.int32),
            f"{side}_counts": np.asarray(counts, np.int32),
            f"{side}_bounds": np.asarray(bounds, np.int64),
        }
    arrays["kinds"] = np.asarray([KINDS.index(pair.kind) for pair in pairs], np.int8)
    arrays["languages"] = np.asarray([pair.language for pair in pairs])
    arrays["words"] = np.asarray(list(words))
    np.savez_compressed(file, **arrays)  # type: ignore[arg-type]


class _LicenceTree:
    """The licence files at a repository's top."""

    def __init__(self, history: History) -> None:
        named = {path: name for path, name in history.files("HEAD").items() if _says_licence(path)}
        texts = history.contents(list(named.values()))
        self._texts = {path: text.decode("utf-8", "replace") for path, text in zip(named, texts, strict=True)}

    def names(self, folder: str) -> Iterable[str]:
        return self._texts if not folder else ()

    def read(self, path: str) -> str | None:
        return self._texts.get(path)


def _says_licence(path: str) -> bool:
    return "/" not in path and bool(re.match(r"licen[cs]e|copying|unlicense|mit-licen", path, re.IGNORECASE))


def licence_of(history: History) -> str:
    """Return the SPDX expression of the licence files at the top; empty if they say nothing known."""
    return LicenceFinder(_LicenceTree(history)).of("source").expression


def _revision(git_folder: Path) -> str:
    done = subprocess.run(
        ["git", "--git-dir", str(git_folder), "rev-parse", "HEAD"], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def _row(name: str, git_folder: Path, pairs: Sequence[Pair]) -> str:
    counts = Counter(pair.kind for pair in pairs)
    languages = Counter(pair.language for pair in pairs)
    cells = [name, _revision(git_folder), licence_of(History("--git-dir", str(git_folder))) or "unknown"]
    cells += [",".join(sorted(language for language, count in languages.items() if 10 * count >= len(pairs)))]
    return "\t".join([*cells, *(str(counts[kind]) for kind in KINDS)])


def main() -> int:
    """Derive the pairs of repositories, one after another."""
    parser = argparse.ArgumentParser(description="derive pairs from repositories")
    parser.add_argument("repositories", type=Path, nargs="+", help="git directories named OWNER+NAME/repo")
    parser.add_argument("--into", type=Path, required=True, help="folder for the pairs and their list")
    parser.add_argument(
        "--exclude", type=Path, nargs="*", default=[], help="folders whose contents are left out"
    )
    given = parser.parse_args()
    given.into.mkdir(parents=True, exist_ok=True)
    seen = seen_in(given.exclude)
    rows = ["\t".join(("repository", "revision", "licence", "languages", *KINDS))]
    for git_folder in sorted(given.repositories):
        name = next(part for part in reversed(git_folder.parts) if "+" in part).replace("+", "/", 1)
        pairs = limited(pairs_of(git_folder, seen))
        save(pairs, given.into / f"{name.replace('/', '+')}.npz")
        rows.append(_row(name, git_folder, pairs))
        print(rows[-1], file=sys.stderr, flush=True)
        (given.into / "repositories.tsv").write_text("\n".join(rows) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
