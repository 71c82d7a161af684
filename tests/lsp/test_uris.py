"""Addresses of files, and which folder a file belongs to."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lsp.errors import LspError
from lsp.uris import path_of, uri_of
from lsp.workspaces import Workspaces

posix = pytest.mark.skipif(os.name == "nt", reason="paths of POSIX systems")


@posix
@pytest.mark.parametrize("name", ["a b.py", "ü%41#?.py", "漢字.py", "a+b&c;d.py", "\udcff.py", "c:.py"])
def test_paths_survive_the_way_to_uris_and_back(name: str) -> None:
    path = Path("/home/me") / name
    assert path_of(uri_of(path)) == path


@pytest.mark.parametrize(
    "uri", ["untitled:Untitled-1", "http://a/b", "", "file://[bad", "git:/a/b.py?x", "file:///a%00b"]
)
def test_what_is_no_file_has_no_path(uri: str) -> None:
    assert path_of(uri) is None


@posix
def test_a_file_belongs_to_the_innermost_folder_by_the_clients_path_or_the_resolved_one(
    tmp_path: Path,
) -> None:
    real = tmp_path / "real" / "inner"
    real.mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    workspaces = Workspaces()
    workspaces.add((tmp_path / "link").as_uri())
    workspaces.add(real.as_uri())
    linked = workspaces.locate((tmp_path / "link" / "a.py").as_uri())
    assert linked is not None
    assert (linked.folder.root, linked.path) == (tmp_path / "real", "a.py")
    inner = workspaces.locate((real / "b.py").as_uri())
    assert inner is not None
    assert (inner.folder.root, inner.path) == (real, "b.py")
    assert workspaces.locate((tmp_path / "elsewhere.py").as_uri()) is None
    assert workspaces.uri(tmp_path / "real", "a.py") == (tmp_path / "link" / "a.py").as_uri()


def test_asking_for_an_unknown_folder_or_without_any_is_an_error(tmp_path: Path) -> None:
    workspaces = Workspaces()
    with pytest.raises(LspError, match="no folder is open"):
        workspaces.chosen(None)
    workspaces.add(tmp_path.as_uri())
    with pytest.raises(LspError, match="is no folder of the workspace"):
        workspaces.chosen(["file:///other"])
    assert workspaces.chosen(None) == (tmp_path.resolve(),)
