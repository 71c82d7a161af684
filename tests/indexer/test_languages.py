"""Languages by name, suffix, shebang and content."""

from __future__ import annotations

import pytest

from indexer.languages import LANGUAGES, LanguageKind, language_named, language_of


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a.py", "python"),
        ("a.pyi", "python"),
        ("src/App.jsx", "javascript"),
        ("a.mjs", "javascript"),
        ("a.ts", "typescript"),
        ("a.d.ts", "typescript"),
        ("a.tsx", "tsx"),
        ("a.go", "go"),
        ("a.rs", "rust"),
        ("A.java", "java"),
        ("build.gradle.kts", "kotlin"),
        ("a.scala", "scala"),
        ("build.sbt", "scala"),
        ("a.c", "c"),
        ("a.hpp", "cpp"),
        ("A.CC", "cpp"),
        ("a.cs", "csharp"),
        ("a.rb", "ruby"),
        ("Rakefile", "ruby"),
        ("x/Gemfile", "ruby"),
        ("a.php", "php"),
        ("index.blade.php", "php"),
        ("a.swift", "swift"),
        ("mix.exs", "elixir"),
        ("a.hs", "haskell"),
        ("a.lua", "lua"),
        ("a.bash", "bash"),
        (".bashrc", "bash"),
        ("a.zig", "zig"),
        ("a.sql", "sql"),
        ("a.html", "html"),
        ("a.css", "css"),
        ("README.md", "markdown"),
        ("a.rst", "rst"),
        ("a.json", "json"),
        ("a.yml", "yaml"),
        ("Cargo.lock", "toml"),
        ("pyproject.toml", "toml"),
        ("Makefile", "make"),
        ("Dockerfile.dev", "dockerfile"),
        ("CMakeLists.txt", "cmake"),
        (r"src\win\a.py", "python"),
        ("dir.py/LICENSE", "text"),
        (".py", "text"),
        ("a.unknown", "text"),
        ("", "text"),
    ],
)
def test_language_by_name(path: str, expected: str) -> None:
    assert language_of(path).name == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"#!/bin/sh\n", "bash"),
        (b"#!/usr/bin/env python3\n", "python"),
        (b"#!/usr/bin/python3.11 -u\n", "python"),
        (b"#!/usr/bin/env -S node --flag\n", "javascript"),
        (b"#! /usr/bin/env LANG=C ruby\r\n", "ruby"),
        (b"#!/opt/unknown\n", "text"),
        (b"#!", "text"),
        (b"# no shebang\n", "text"),
        (b"#!\xff\xfe\n", "text"),
    ],
)
def test_language_by_shebang(head: bytes, expected: str) -> None:
    assert language_of("bin/tool", head).name == expected


def test_a_suffix_counts_more_than_a_shebang() -> None:
    assert language_of("a.py", b"#!/bin/sh\n").name == "python"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"", "c"),
        (b"#include <stdio.h>\nint f(void);\n", "c"),
        (b"struct a { int class_count; };\n", "c"),
        (b"#include <vector>\n", "cpp"),
        (b"namespace a {\n", "cpp"),
        (b"  template <typename T>\n", "cpp"),
        (b"void f(std::string s);\n", "cpp"),
        (b"class A {\n public:\n", "cpp"),
        (b"@interface A : B\n", "objectivec"),
    ],
)
def test_headers_are_told_apart_by_content(head: bytes, expected: str) -> None:
    assert language_of("a.h", head).name == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("py", "python"),
        ("Python", "python"),
        ("ts", "typescript"),
        ("c++", "cpp"),
        ("C#", "csharp"),
        ("golang", "go"),
        ("rs", "rust"),
        (" md ", "markdown"),
        ("shell", "bash"),
    ],
)
def test_language_by_the_name_people_type(name: str, expected: str) -> None:
    found = language_named(name)
    assert found is not None
    assert found.name == expected


def test_an_unknown_name_is_no_language() -> None:
    assert language_named("klingon") is None
    assert language_named("") is None


def test_every_language_is_found_by_its_own_name() -> None:
    assert all(language_named(name) is language for name, language in LANGUAGES.items())


def test_kinds() -> None:
    kinds = {name: LANGUAGES[name].kind for name in ("python", "markdown", "json", "html", "text")}
    assert list(kinds.values()) == [
        LanguageKind.CODE,
        LanguageKind.DOCS,
        LanguageKind.CONFIG,
        LanguageKind.MARKUP,
        LanguageKind.TEXT,
    ]
