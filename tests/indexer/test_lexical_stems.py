"""What a file is called after."""

import pytest

from indexer.lexical.stems import telling_stem


@pytest.mark.parametrize(
    ("path", "stem"),
    [
        ("src/extract/mod.rs", "extract"),
        ("web/forms/index.tsx", "forms"),
        ("index.js", "index"),
        ("src/parser.py", "parser"),
        ("shop/__init__.py", "__init__"),
        ("page.test.ts", "page.test"),
    ],
)
def test_a_file_that_stands_for_its_folder_has_the_folders_name(path: str, stem: str) -> None:
    assert telling_stem(path) == stem
