"""Reading files: encodings, binary data, and files that change under the reader."""

import hashlib
import os
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.discovery import DiscoveryRules, SkippedFile, SkipReason, Source, read_source
from tests.indexer.discovery_trees import write_files

RULES = DiscoveryRules()


def read(folder: Path, raw: bytes, rules: DiscoveryRules = RULES) -> Source | SkippedFile:
    (folder / "file.py").write_bytes(raw)
    return read_source(folder, "file.py", rules)


def source(folder: Path, raw: bytes) -> Source:
    found = read(folder, raw)
    assert isinstance(found, Source), found
    return found


def reason(found: Source | SkippedFile) -> SkipReason:
    assert isinstance(found, SkippedFile)
    return found.reason


TEXT = "# naïve café € “quoted” ünïcode\r\nx = 1\n"
BOM = "\ufeff"
ENCODED = [
    (TEXT.encode(), TEXT, "utf-8"),
    ((BOM + TEXT).encode(), TEXT, "utf-8-sig"),
    ((BOM + TEXT).encode("utf-16-le"), TEXT, "utf-16-le"),
    ((BOM + TEXT).encode("utf-16-be"), TEXT, "utf-16-be"),
    (TEXT.encode("utf-16-le"), TEXT, "utf-16-le"),
    (TEXT.encode("utf-16-be"), TEXT, "utf-16-be"),
    ((BOM + TEXT).encode("utf-32-le"), TEXT, "utf-32-le"),
    ((BOM + TEXT).encode("utf-32-be"), TEXT, "utf-32-be"),
    (TEXT.encode("utf-32-le"), TEXT, "utf-32-le"),
    (TEXT.encode("utf-32-be"), TEXT, "utf-32-be"),
    (TEXT.encode("cp1252"), TEXT, "cp1252"),
    ("# Größe\nx = 'é'\n".encode("latin-1"), "# Größe\nx = 'é'\n", "latin-1"),
    ("変数 = 1  # 日本語のコメント\n".encode("utf-16-le"), "変数 = 1  # 日本語のコメント\n", "utf-16-le"),
    (b"undefined in cp1252: \x81", "undefined in cp1252: \x81", "latin-1"),
    ("mostly naïve ünïcode ".encode() + b"\xff", "mostly naïve ünïcode \ufffd", "utf-8"),
    (b"", "", "utf-8"),
    (b"a\r\nb\rc\n", "a\r\nb\rc\n", "utf-8"),
    (b"\x1b[1mescape\x1b[0m\x0cpage\n", "\x1b[1mescape\x1b[0m\x0cpage\n", "utf-8"),
]


@pytest.mark.parametrize(("raw", "text", "encoding"), ENCODED)
def test_encodings(tmp_path: Path, raw: bytes, text: str, encoding: str) -> None:
    found = source(tmp_path, raw)

    assert found.text.decode() == text
    assert found.encoding == encoding
    assert found.content_hash == hashlib.blake2b(raw, digest_size=16).digest()


BINARY = [
    b"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00",
    b"text with one \x00 in it, of an odd length",
    b"text with a single \x00 in it, of an even length."[:46],
    bytes(range(256)) * 8,
    bytes(byte for byte in range(1, 256)) * 8,
    bytes(1000),
    b"\xff\xfe" + bytes(range(256)) * 4,
    b"\xef\xbb\xbftext\x00",
    b"\x01\x00\x02\x00\x03\x00\x04\x00",
]


@pytest.mark.parametrize("raw", BINARY)
def test_binary_data(tmp_path: Path, raw: bytes) -> None:
    assert reason(read(tmp_path, raw)) is SkipReason.BINARY


any_line = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Co", "Cn"), exclude_characters="\ufeff\ufffc\ufffd")
)
western_line = st.text(st.sampled_from("abc xyz(){}_=äöüßéèçñ"), max_size=30)


def lines(line: st.SearchStrategy[str], word_chars: int = 1) -> st.SearchStrategy[str]:
    """Text of several lines, each with an ASCII word in it, as source has."""
    letters = st.characters(codec="ascii", min_codepoint=33, max_codepoint=126)
    word = st.text(letters, min_size=word_chars, max_size=word_chars + 8)
    one = st.tuples(word, line, st.sampled_from(("\n", "\r\n"))).map(
        lambda parts: f"{parts[0]} {parts[1]}{parts[2]}"
    )
    return st.lists(one, min_size=1, max_size=20).map("".join)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sources")


@settings(max_examples=100, deadline=None)
@given(text=lines(any_line), encoding=st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "utf-32")))
def test_any_text_reads_back_from_unicode_encodings(folder: Path, text: str, encoding: str) -> None:
    assert source(folder, text.encode(encoding)).text.decode() == text


@settings(max_examples=100, deadline=None)
@given(
    text=lines(any_line.map(lambda line: line[:6]), word_chars=8),
    encoding=st.sampled_from(("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")),
)
def test_code_reads_back_from_wide_encodings_without_mark(folder: Path, text: str, encoding: str) -> None:
    assert source(folder, text.encode(encoding)).text.decode() == text


@settings(max_examples=100, deadline=None)
@given(text=lines(western_line), encoding=st.sampled_from(("latin-1", "cp1252", "iso8859-15")))
def test_western_text_reads_back_from_single_byte_encodings(folder: Path, text: str, encoding: str) -> None:
    assert source(folder, text.encode(encoding)).text.decode() == text


@settings(max_examples=200, deadline=None)
@given(raw=st.binary(max_size=400))
def test_any_bytes_give_utf8_or_a_reason(folder: Path, raw: bytes) -> None:
    found = read(folder, raw)

    if isinstance(found, Source):
        assert b"\0" not in found.text
        found.text.decode("utf-8")
    else:
        assert found.reason is SkipReason.BINARY


def test_one_line_of_50_megabytes(tmp_path: Path) -> None:
    raw = b"x = 1; " * 7_500_000

    assert read(tmp_path, raw) == SkippedFile("file.py", SkipReason.TOO_LARGE, "52.5 MB > 1.0 MB")
    found = read(tmp_path, raw, DiscoveryRules(max_file_bytes=60_000_000))
    assert found == SkippedFile("file.py", SkipReason.MINIFIED, "lines of 52500000 bytes on average")


def test_path_that_is_gone_or_became_something_else(tmp_path: Path) -> None:
    write_files(tmp_path, {"folder/inner.py": "", "file.py": ""})

    assert read_source(tmp_path, "gone.py", RULES) == SkippedFile(
        "gone.py", SkipReason.UNREADABLE, "no longer there"
    )
    assert reason(read_source(tmp_path, "folder", RULES)) is SkipReason.UNREADABLE
    assert reason(read_source(tmp_path, "file.py/inner.py", RULES)) is SkipReason.UNREADABLE
    assert reason(read_source(tmp_path, "with\0nul", RULES)) is SkipReason.UNREADABLE
    assert reason(read_source(tmp_path, "x" * 5000, RULES)) is SkipReason.UNREADABLE


@pytest.mark.skipif(sys.platform == "win32", reason="no fifos")
def test_fifo_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.py")

    assert reason(read_source(tmp_path, "fifo.py", RULES)) is SkipReason.SPECIAL


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights")
def test_nothing_outside_the_root_is_read(tmp_path: Path) -> None:
    write_files(
        tmp_path, {"secret.py": "key", "root-2/near.py": "near", "root/a.py": "inside", "other/b.py": ""}
    )
    root = tmp_path / "root"
    (root / "link.py").symlink_to(tmp_path / "secret.py")
    (root / "folder").symlink_to(tmp_path / "other")
    (root / "loop.py").symlink_to("loop.py")
    (root / "alias.py").symlink_to("a.py")

    for path in ("link.py", "folder/b.py", "../secret.py", "../root-2/near.py", str(tmp_path / "secret.py")):
        assert reason(read_source(root, path, RULES)) is SkipReason.SYMLINK, path
    assert reason(read_source(root, "loop.py", RULES)) is SkipReason.UNREADABLE
    assert isinstance(read_source(root, "alias.py", RULES), Source)


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights")
def test_root_may_be_a_link_that_changes(tmp_path: Path) -> None:
    write_files(tmp_path, {"one/a.py": "one", "two/a.py": "two"})
    link = tmp_path / "current"
    link.symlink_to("one")
    first = read_source(link, "a.py", RULES)
    link.unlink()
    link.symlink_to("two")
    second = read_source(link, "a.py", RULES)

    assert isinstance(first, Source)
    assert isinstance(second, Source)
    assert (first.text, second.text) == (b"one", b"two")


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="needs a file whose size is not what it holds"
)
def test_file_that_grows_while_it_is_read() -> None:
    # The kernel makes this text up while it is read; its size is said to be 0.
    found = read_source(Path("/proc/self"), "status", RULES)

    assert found == SkippedFile("status", SkipReason.UNREADABLE, "changed while it was read")


def test_file_rewritten_and_deleted_all_the_time(tmp_path: Path) -> None:
    versions = [b"short = 1\n" * 10, b"longer = 22\n" * 5_000, b"middle = 3\n" * 400]
    path = tmp_path / "file.py"
    stop = threading.Event()

    def keep_changing() -> None:
        while not stop.is_set():
            for version in versions:
                path.write_bytes(version)
            path.unlink()
            path.mkdir()
            path.rmdir()

    writer = threading.Thread(target=keep_changing)
    writer.start()
    try:
        results = [read_source(tmp_path, "file.py", RULES) for _ in range(3_000)]
    finally:
        stop.set()
        writer.join()

    for found in results:
        if isinstance(found, Source):
            # A half-written version is what the file held at that moment; a mixture of two never was.
            assert any(version.startswith(found.text) for version in versions)
        else:
            assert found.reason is SkipReason.UNREADABLE


def test_relative_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_files(tmp_path, {"sub/a.py": "x"})
    monkeypatch.chdir(tmp_path)

    assert isinstance(read_source(Path("."), "sub/a.py", RULES), Source)
    assert isinstance(read_source(Path("sub"), "a.py", RULES), Source)
