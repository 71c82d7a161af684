"""Archives: every kind is read, none is believed."""

import gzip
import io
import os
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest

from assistant.copies.corpora import archive_stream
from assistant.copies.corpora.archive import ArchiveSource, archive_source
from assistant.copies.corpora.archive_stream import is_archive, members_of, safe_path
from assistant.copies.corpora.errors import ArchiveError
from assistant.copies.corpora.model import FileContent, LeftOut
from indexer.discovery import DiscoveryRules

CODE = b"def pool(size):\n    return [None] * size\n"
MIT = Path(__file__).parents[4] / "LICENSE"
TAR_KINDS = {"a.tar": "w", "a.tar.gz": "w:gz", "a.tgz": "w:gz", "a.tar.bz2": "w:bz2", "a.tar.xz": "w:xz"}


def make_tar(path: Path, files: dict[str, bytes], mode: str = "w:gz") -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


def make_zip(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def read(source: ArchiveSource) -> dict[str, bytes | None]:
    found = source.contents(lambda path, stamp: False)
    return {item.path: item.raw for item in found if isinstance(item, FileContent)}


def left_out(source: ArchiveSource) -> list[LeftOut]:
    return [item for item in source.contents(lambda path, stamp: False) if isinstance(item, LeftOut)]


def source_of(path: Path, max_bytes: int = 1_000_000) -> ArchiveSource:
    return archive_source(path, DiscoveryRules(max_file_bytes=max_bytes))


FILES = {
    "top/a.py": CODE,
    "top/b/c.go": b"package b\n",
    "top/logo.png": b"\x89PNG",
    "top/README.md": b"# Read\n",
}


@pytest.mark.parametrize("name", [*TAR_KINDS, "a.zip", "a.jar", "a.whl"])
def test_the_code_of_every_kind_of_archive_is_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    archive = make_tar(path, FILES, TAR_KINDS[name]) if name in TAR_KINDS else make_zip(path, FILES)
    assert is_archive(archive)
    assert read(source_of(archive)) == {"top/a.py": CODE, "top/b/c.go": b"package b\n"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("a/b.py", "a/b.py"),
        ("./a//b.py", "a/b.py"),
        ("a\\b.py", "a/b.py"),
        ("../a.py", ""),
        ("a/../../b.py", ""),
        ("/etc/a.py", ""),
        ("\\\\server\\a.py", ""),
        ("C:\\a.py", ""),
        ("a\0.py", ""),
        ("x" * 2_000, ""),
        ("", ""),
    ],
)
def test_a_path_stays_in_the_archive_or_is_none(given: str, expected: str) -> None:
    assert safe_path(given) == expected


@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_paths_that_lead_out_are_left_out_and_said(tmp_path: Path, kind: str) -> None:
    files = {"../../evil.py": CODE, "/etc/evil.py": CODE, "good.py": CODE}
    make = make_tar if kind == "tar" else make_zip
    source = source_of(make(tmp_path / "a.bin", files))
    assert list(read(source)) == ["good.py"]
    assert [item.reason for item in left_out(source)] == ["a path that leads out of the archive"] * 2


def test_links_devices_and_fifos_in_a_tar_are_passed_by(tmp_path: Path) -> None:
    secret = tmp_path / "secret.py"
    secret.write_bytes(b"password = 1\n")
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as archive:
        for number, kind in enumerate((tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE)):
            entry = tarfile.TarInfo(f"link{number}.py")
            entry.type, entry.linkname = kind, str(secret)
            archive.addfile(entry)
    assert read(source_of(path)) == {}


def test_a_link_in_a_zip_is_passed_by(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        entry = zipfile.ZipInfo("link.py")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    assert read(source_of(path)) == {}


@pytest.fixture
def small_bomb_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_stream, "_RATIO_FROM_BYTES", 2_000_000)


@pytest.mark.usefixtures("small_bomb_limit")
@pytest.mark.parametrize("mode", ["w:gz", "w:bz2", "w:xz"])
def test_a_bomb_in_a_tar_is_refused_also_where_its_members_are_passed_by(tmp_path: Path, mode: str) -> None:
    path = make_tar(tmp_path / "bomb", {"a.bin": bytes(30_000_000), "b.py": CODE}, mode)
    with pytest.raises(ArchiveError, match="unpacks to more than 200 times its size"):
        source_of(path)


@pytest.mark.usefixtures("small_bomb_limit")
def test_a_bomb_in_a_zip_is_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "bomb.zip", {f"a{n}.py": b"#" * 900_000 for n in range(40)})
    with pytest.raises(ArchiveError, match="unpacks to more than 200 times its size"):
        read(source_of(path))


def test_no_more_than_the_limit_is_unpacked_of_a_member_that_lies_about_its_size(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"a.py": b"#" * 50_000})
    raw = path.read_bytes()
    size = struct.pack("<L", 50_000)
    path.write_bytes(raw.replace(size, struct.pack("<L", 100)))
    for member in members_of(path):
        assert member.size == 100
        assert len(member.read(1_001) or b"") <= 1_001


def test_a_damaged_member_is_left_out_and_the_others_are_read(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"a.py": CODE * 50, "b.py": b"b = 1\n"})
    raw = bytearray(path.read_bytes())
    start = raw.index(b"a.py") + len(b"a.py")
    raw[start + 10 : start + 14] = b"\0\0\0\0"
    path.write_bytes(bytes(raw))
    source = source_of(path)
    assert read(source) == {"b.py": b"b = 1\n"}
    assert left_out(source) == [LeftOut("a.py", "damaged or locked")]


@pytest.mark.parametrize("cut", [30, 200])
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_a_truncated_archive_is_an_error_that_names_it(tmp_path: Path, kind: str, cut: int) -> None:
    files = {f"a{n}.py": os.urandom(400) for n in range(3)}
    path = tmp_path / f"whole.{kind}"
    (make_zip if kind == "zip" else make_tar)(path, files)
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(ArchiveError, match=r"whole\."):
        read(source_of(path))


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"PK\x03\x04 no zip", gzip.compress(b"no tar in here" * 100)]
)
def test_what_is_no_archive_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    with pytest.raises(ArchiveError, match=r"a\.zip"):
        source_of(path)


def test_an_archive_that_is_missing_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="is no file"):
        source_of(tmp_path / "none.zip")


def test_of_two_members_of_one_name_the_first_counts(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as archive:
        for content in (b"a = 1\n", b"b = 2\n"):
            entry = tarfile.TarInfo("same.py")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    assert read(source_of(path)) == {"same.py": b"a = 1\n"}


def test_members_of_a_zip_that_are_known_are_not_read(tmp_path: Path) -> None:
    source = source_of(make_zip(tmp_path / "a.zip", {"a.py": CODE, "b.py": b"b = 1\n"}))
    stamps = {
        item.path: item.stamp
        for item in source.contents(lambda path, stamp: False)
        if isinstance(item, FileContent)
    }
    again = source.contents(lambda path, stamp: path == "a.py" and stamps[path] == stamp)
    assert {item.path: getattr(item, "raw", b"") for item in again} == {"a.py": None, "b.py": b"b = 1\n"}


@pytest.mark.parametrize(
    ("files", "name", "version", "family"),
    [
        (
            {
                "tea-1.2.dist-info/METADATA": b"Name: Tea_Pot\nVersion: 1.2\nProject-URL: Source, https://github.com/T/Pot\n"
            },
            "tea-pot",
            "1.2",
            "github.com/t/pot",
        ),
        (
            {"tea-1.2/PKG-INFO": b"Name: tea\nVersion: 1.2\n", "tea-1.2/tea.py": CODE},
            "tea",
            "1.2",
            "pypi:tea",
        ),
        (
            {"package/package.json": b'{"name": "@x/tea", "version": "3.0.0", "repository": "x/tea"}'},
            "@x/tea",
            "3.0.0",
            "github.com/x/tea",
        ),
        ({"a.py": CODE}, "a.tgz", "", "archive:a.tgz"),
        ({"package/package.json": b"{ not json"}, "a.tgz", "", "archive:a.tgz"),
    ],
)
def test_a_package_in_an_archive_is_named_by_its_metadata(
    tmp_path: Path, files: dict[str, bytes], name: str, version: str, family: str
) -> None:
    info = source_of(make_tar(tmp_path / "a.tgz", files)).info
    assert (info.name, info.version, info.family, info.root) == (name, version, family, "")


def test_the_licence_is_that_of_the_only_folder_at_the_top(tmp_path: Path) -> None:
    source = source_of(make_tar(tmp_path / "a.tgz", {"tea-1/LICENSE": MIT.read_bytes(), "tea-1/a.py": CODE}))
    assert source.licences().finding().expression == "Apache-2.0"
