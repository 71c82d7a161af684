"""Makes the data set of the copied-code benchmark out of public repositories, in a folder outside the project.

Positives: fragments of the corpus x five transformations x five lengths x four languages, each bare and inside a file
of another project. A fragment's tokens stand in at most three files of the corpus and in no negative file; its truth is
every place that holds them. Negatives: fragments of the split's other projects that the corpus does not hold, and
boilerplate; `alarms` also runs over the whole files.

    python -m benchmarks.copies.dataset --split tuning --mirror REPOSITORIES --into FOLDER
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from benchmarks.copies import boilerplate, transforms
from benchmarks.copies.fragments import choose
from benchmarks.copies.hosts import Hosts
from benchmarks.copies.model import COPIES, LANGUAGES, LENGTHS, Form, Kind, Query, Span, write_queries
from benchmarks.copies.occurrences import Occurrences
from benchmarks.copies.projects import (
    SPLITS,
    Project,
    ProjectError,
    SourceFile,
    read_project,
    read_split,
)
from benchmarks.copies.tokens import parse
from benchmarks.copies.transforms import Fragment, Unchangeable

_MAX_FILES = 3
_TRIES = 4000
_MB = 1_000_000


@dataclass(slots=True)
class Side:
    """The files of one side of a split, by project, and where their tokens stand."""

    projects: dict[str, list[SourceFile]] = field(default_factory=dict)
    occurrences: Occurrences = field(default_factory=Occurrences)

    def files(self) -> Iterator[SourceFile]:
        """All of them."""
        for files in self.projects.values():
            yield from files

    def by_language(self, language: str) -> list[list[SourceFile]]:
        """The files of a language, a list a project that has some."""
        found = [[file for file in files if file.language == language] for files in self.projects.values()]
        return [files for files in found if len(files) >= 5]


def read_side(projects: Sequence[Project], side: str, mirror: Path, limit_mb: float) -> Side:
    """Read a side's projects and the tokens of their files."""
    made = Side()
    for project in projects:
        files = read_project(project, mirror, int(limit_mb * _MB))
        made.projects[project.folder] = files
        for file in files:
            code = [token for token in parse(file.text, file.suffix).tokens if not token.comment]
            made.occurrences.add(file.name, [token.text for token in code], [token.row for token in code])
        print(f"{side}: {project.name}, {len(files)} files, {sum(len(f.text) for f in files) / _MB:.1f} MB")
    made.occurrences.freeze()
    return made


class Maker:
    """Cuts queries out of the two sides of a split."""

    def __init__(self, corpus: Side, negatives: Side, seed: int) -> None:
        self._corpus, self._negatives, self._seed = corpus, negatives, seed
        self._languages = [
            language
            for language in LANGUAGES
            if corpus.by_language(language) and negatives.by_language(language)
        ]
        self._taken: set[tuple[str, int]] = set()

    def positives(self, each: int) -> Iterator[Query]:
        """`each` fragments a language, transformation and length, bare and embedded."""
        for language in self._languages:
            hosts = Hosts([file for files in self._negatives.by_language(language) for file in files])
            for kind in COPIES:
                for length in LENGTHS:
                    random = Random(f"{self._seed} {language} {kind} {length}")
                    for number in range(each):
                        bare = self._copy(language, kind, length, random, number)
                        if bare is not None:
                            yield bare
                            yield hosts.embed(bare, random)

    def fragments(self, each: int) -> Iterator[Query]:
        """`each` fragments a language and length of projects outside the corpus, none of which it holds."""
        for language in self._languages:
            for length in LENGTHS:
                random = Random(f"{self._seed} {language} unseen {length}")
                for number in range(each):
                    found = self._fragment(self._negatives, language, length, random)
                    if found is None:
                        continue
                    file, fragment, texts, _ = found
                    text = transforms.verbatim(fragment)
                    key = f"{language}/{Kind.FRAGMENT}/{length}/{number}"
                    yield _query(
                        key, file, Kind.FRAGMENT, length, len(texts), text, (), _origin(file, fragment)
                    )

    def _copy(self, language: str, kind: Kind, length: int, random: Random, number: int) -> Query | None:
        for _ in range(_TRIES // 10):
            found = self._fragment(self._corpus, language, length, random)
            if found is None:
                return None
            file, fragment, texts, sources = found
            try:
                text = transformed(fragment, kind, random)
            except Unchangeable:
                continue
            key = f"{language}/{kind}/{length}/{number}"
            return _query(key, file, kind, length, len(texts), text, sources, _origin(file, fragment))
        return None

    def _fragment(
        self, side: Side, language: str, length: int, random: Random
    ) -> tuple[SourceFile, Fragment, list[str], tuple[Span, ...]] | None:
        projects = side.by_language(language)
        for _ in range(_TRIES):
            file = random.choice(random.choice(projects))
            parsed = parse(file.text, file.suffix)
            fragment = None if parsed.tree.root_node.has_error else choose(parsed, length, random)
            if fragment is None or (file.name, fragment.first_row) in self._taken:
                continue
            texts = [token.text for token in fragment.tokens() if not token.comment]
            in_corpus = self._corpus.occurrences.find(texts)
            in_negatives = self._negatives.occurrences.find(texts)
            unseen, files = side is self._negatives, {span.file for span in in_corpus}
            if (unseen and files) or (not unseen and (in_negatives or len(files) > _MAX_FILES)):
                continue
            self._taken.add((file.name, fragment.first_row))
            return file, fragment, texts, tuple(in_corpus)
        return None


def transformed(fragment: Fragment, kind: Kind, random: Random) -> str:
    """The fragment's text after a transformation.

    :raises Unchangeable: when it does not apply, or left tokens other than it should have.
    """
    if kind is Kind.VERBATIM:
        return transforms.verbatim(fragment)
    if kind is Kind.REFORMATTED:
        text = transforms.reformatted(fragment, random)
        if "".join(text.split()) != "".join("\n".join(fragment.lines()).split()):
            raise Unchangeable("reformatting touched more than white space")
        return text
    changes = {
        Kind.COMMENTS: transforms.recommented,
        Kind.RENAMED: transforms.renamed,
        Kind.EDITED: transforms.edited,
    }
    return changes[kind](fragment, random)


def _origin(file: SourceFile, fragment: Fragment) -> str:
    return f"{file.name}:{fragment.first_row + 1}-{fragment.last_row + 1}"


def _query(
    key: str,
    file: SourceFile,
    kind: Kind,
    length: int,
    tokens: int,
    text: str,
    sources: tuple[Span, ...],
    note: str,
) -> Query:
    lines = text.count("\n")
    return Query(
        f"{key}/bare",
        file.language,
        kind,
        Form.BARE,
        length,
        tokens,
        file.suffix,
        text,
        1,
        lines,
        sources,
        note,
    )


def write_files(side: Side, folder: Path) -> None:
    """Write a side's files, each under its name."""
    for file in side.files():
        path = folder / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, "utf-8")


def make(given: argparse.Namespace) -> Mapping[str, int]:
    """Write the set; the result counts the queries of each kind."""
    split = {
        side: [project for project in projects if not given.only or project.name in given.only]
        for side, projects in read_split(given.split, given.splits).items()
    }
    corpus = read_side(split["corpus"], "corpus", given.mirror, given.limit_mb)
    negatives = read_side(split["negatives"], "negatives", given.mirror, given.limit_mb)
    maker = Maker(corpus, negatives, given.seed)
    queries = [*maker.positives(given.each), *maker.fragments(given.each), *boilerplate.queries()]
    given.into.mkdir(parents=True)
    write_files(corpus, given.into / "corpus")
    write_files(negatives, given.into / "negatives")
    write_queries(queries, given.into / "queries.jsonl")
    counts: dict[str, int] = {}
    for query in queries:
        counts[query.kind] = counts.get(query.kind, 0) + 1
    facts = {
        "split": given.split,
        "seed": given.seed,
        "each": given.each,
        "limit_mb": given.limit_mb,
        "queries": counts,
        "corpus_bytes": sum(len(file.text.encode()) for file in corpus.files()),
        "negative_lines": sum(file.text.count("\n") for file in negatives.files()),
    }
    (given.into / "set.json").write_text(json.dumps(facts, indent=1) + "\n", "utf-8")
    return counts


def main(argv: Sequence[str] | None = None) -> int:
    """Make a data set."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.copies.dataset",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--split", required=True, help="tuning or reporting, as in splits.toml")
    parser.add_argument(
        "--splits", type=Path, default=SPLITS, help="projects and revisions (default: %(default)s)"
    )
    parser.add_argument(
        "--mirror", type=Path, required=True, help="folder of OWNER+NAME/repo git directories"
    )
    parser.add_argument("--into", type=Path, required=True, help="folder to make")
    parser.add_argument("--each", type=int, default=20, help="fragments a cell (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="(default: %(default)s)")
    parser.add_argument("--limit-mb", type=float, default=12.0, help="of each project (default: %(default)s)")
    parser.add_argument(
        "--only", action="append", default=[], metavar="OWNER/NAME", help="of the split's projects"
    )
    given = parser.parse_args(argv)
    if given.into.exists():
        print(f"{given.into} exists: pass a folder that does not with --into", file=sys.stderr)
        return 2
    try:
        counts = make(given)
    except ProjectError as error:
        print(error, file=sys.stderr)
        return 2
    print(", ".join(f"{kind}: {count}" for kind, count in counts.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
