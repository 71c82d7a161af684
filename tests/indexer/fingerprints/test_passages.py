"""A part of a long file is found where its seed stands; what is read again is not what it was."""

import os
from pathlib import Path

import numpy as np
import pytest

from indexer.discovery import SkippedFile, read_source
from indexer.fingerprints.accessors import accessors
from indexer.fingerprints.commonness import shipped_common_grams
from indexer.fingerprints.evidence import Level
from indexer.fingerprints.fingerprints import fingerprint
from indexer.fingerprints.matching import Matcher
from indexer.fingerprints.model import FileInput, Origin
from indexer.fingerprints.passages import Seed, passage_around, whole
from indexer.fingerprints.store import FingerprintStore
from indexer.fingerprints.streams import stream_of
from indexer.languages import language_of
from indexer.lexing import lex

_COPIED = """    def settle(self, ledger, today):
        overdue = ledger.entries_before(today.midnight())
        for entry in sorted(overdue, key=lambda one: one.reference):
            if entry.amount > self.tolerance:
                self.bureau.remind(entry.debtor, days=today.distance(entry.due))
        return len(overdue)
"""


def _long_file(before: int = 150, behind: int = 150) -> str:
    """A file of many methods that have little in common, with the copied one among them."""

    def method(number: int) -> str:
        verb = "".join("abcdefghij"[int(digit)] for digit in f"{number * 7919}")
        body = f"        # {'remark ' * (number % 9)}\n        return self.{verb}.{verb}_of({number}, way='{verb}')\n"
        return f"    def {verb}(self, {verb}_first):\n{body}\n"

    head = "class Clerk:\n" + "".join(method(number) for number in range(before))
    return head + _COPIED + "\n" + "".join(method(number) for number in range(before, before + behind))


def _store(tmp_path: Path, name: str, text: str) -> FingerprintStore:
    folder = tmp_path / "origin"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, "utf-8")
    store = FingerprintStore.open(tmp_path / "store")
    source = read_source(folder, name)
    assert not isinstance(source, SkippedFile)
    made = fingerprint(text, language_of(name).name)
    file = FileInput(
        name,
        source.content_hash,
        made.hashes,
        made.positions,
        made.tokens,
        len(text),
        contexts=made.contexts,
        marks=made.marks,
    )
    store.put(Origin("folder:origin", "origin", family="origin", root=str(folder)), [file])
    return store


def test_a_part_has_the_tokens_of_the_whole() -> None:
    text = _long_file()
    query = stream_of(lex(_COPIED, "python"), "python")
    everything = whole(text, "python").stream
    place = next(i for i in range(len(everything)) if everything.token(i) == "settle")
    at = next(i for i in range(len(query)) if query.token(i) == "settle")
    seed = Seed(query, at, place, len(everything), 40, 90)
    marks = fingerprint(text, "python").marks.astype(np.int64)
    part = passage_around(text, "python", seed, marks)
    assert part is not None
    assert len(part.stream) < len(everything) / 4
    index = place - part.first
    assert part.stream.token(index) == "settle"
    assert int(part.stream.lines[index]) + part.lines == int(everything.lines[place])
    assert index >= 40
    assert len(part.stream) - index >= 90
    assert passage_around(text.replace("settle", "pay"), "python", seed, marks) is None
    assert passage_around(text, "python", seed, marks[:0]) is None


@pytest.mark.parametrize("before", [0, 20, 290])
def test_lines_are_right_wherever_in_a_long_file(tmp_path: Path, before: int) -> None:
    text = _long_file(before, 300 - before)
    matches = Matcher([_store(tmp_path, "clerk.py", text)], shipped_common_grams()).match(_COPIED, "python")
    first = text[: text.index(_COPIED)].count("\n") + 1
    assert [(match.level, match.start_line, match.end_line) for match in matches] == [(Level.WARNING, 1, 6)]
    source = matches[0].sources[0]
    assert (source.start_line, source.end_line) == (first, first + 5)
    assert source.text == _COPIED.rstrip("\n")


def test_a_part_that_would_begin_within_a_docstring_is_found_all_the_same(tmp_path: Path) -> None:
    prose = "    It's said that the clerk (of old) wrote {everything} down.\n" * 60
    text = _long_file().replace(_COPIED, f'    """Notes.\n\n{prose}    """\n\n{_COPIED}')
    found = Matcher([_store(tmp_path, "clerk.py", text)], shipped_common_grams()).match(_COPIED, "python")
    assert [match.sources[0].text for match in found] == [_COPIED.rstrip("\n")]


def test_a_source_that_changed_since_it_was_read_is_not_shown(tmp_path: Path) -> None:
    matcher = Matcher([_store(tmp_path, "clerk.py", _long_file())], shipped_common_grams())
    file = tmp_path / "origin" / "clerk.py"
    before = file.stat()
    assert len(matcher.match(_COPIED, "python")) == 1
    text = file.read_text("utf-8")
    file.write_text(text.replace("settle", "cancel"), "utf-8")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns + 1_000_000_000))
    assert matcher.match(_COPIED, "python") == []
    file.write_text(text, "utf-8")
    assert len(matcher.match(_COPIED, "python")) == 1
    file.unlink()
    assert matcher.match(_COPIED, "python") == []


_JAVASCRIPT = """function settle(ledger, today) {
  var overdue = ledger.entriesBefore(today.midnight(), bureau.tolerance, bureau.opening);
  bureau.remind(overdue.debtor, today.distance(overdue.due), bureau.letters.second);
  registry.note("reminded the debtor", overdue.reference, today.stamp());
}
"""


@pytest.mark.parametrize(
    ("name", "level"), [("a.js", Level.WARNING), ("a.ts", Level.WARNING), ("a.go", Level.HINT)]
)
def test_a_match_between_unlike_languages_is_no_warning(tmp_path: Path, name: str, level: Level) -> None:
    found = Matcher([_store(tmp_path, name, _JAVASCRIPT)], shipped_common_grams()).match(
        _JAVASCRIPT, "javascript"
    )
    assert [match.level for match in found] == [level]


_BEAN = """public class Clerk {
    public String getDistrict() { return district; }
    public void setDistrict(String district) { this.district = district; }
    public Clerk withSeniority(int seniority) {
        this.seniority = seniority;
        return this;
    }
    public int salary(Ledger ledger) { return ledger.sum(this.seniority); }
}
"""


def test_accessors_alone_are_no_copy(tmp_path: Path) -> None:
    stream = stream_of(lex(_BEAN, "java"), "java")
    marked = {int(stream.lines[index]) for index in accessors(stream).nonzero()[0]}
    assert marked == {2, 3, 4, 5, 6, 7}
    bean = "".join(_BEAN.splitlines(keepends=True)[1:7])
    found = Matcher([_store(tmp_path, "Clerk.java", _BEAN)], shipped_common_grams()).match(bean, "java")
    assert found == []


@pytest.mark.parametrize("text", ["", "{", "{ return", "{ this . a = a ;", "{ return a ; }"])
def test_any_text_has_accessors_or_not(text: str) -> None:
    stream = stream_of(lex(text, "java"), "java")
    assert accessors(stream).all() == (text in ("", "{ return a ; }"))
