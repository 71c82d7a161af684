"""The test frameworks that are recognised: what gives each away, what its files are called, how it is run.

A table; ``testing`` reads it. Order matters where the evidence is equal: the first one counts.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Framework:
    """A test framework.

    :param manifests: file name -> what in it names the framework.
    :param in_tests: what in a test file names it.
    :param names: names of test files by likelihood, with ``{stem}`` and ``{ext}``; ``{Stem}`` keeps the source's case.
    :param command: how one file is run; may hold ``{path}``, ``{module}``, ``{folder}`` and ``{stem}``, the test's.
    """

    name: str
    languages: frozenset[str]
    manifests: Mapping[str, re.Pattern[str]]
    in_tests: re.Pattern[str]
    names: tuple[str, ...]
    command: str
    default_folder: str
    """Where its files go if the repository has none: ``beside`` the source, ``maven``, or a folder's name."""


def _framework(
    name: str,
    languages: str,
    manifests: dict[str, str],
    in_tests: str,
    names: str,
    command: str,
    default_folder: str = "beside",
) -> Framework:
    compiled = {file: re.compile(pattern, re.MULTILINE) for file, pattern in manifests.items()}
    return Framework(
        name,
        frozenset(languages.split()),
        MappingProxyType(compiled),
        re.compile(in_tests, re.MULTILINE),
        tuple(names.split()),
        command,
        default_folder,
    )


_JS = "javascript typescript tsx"
_JS_NAMES = "{stem}.test.{ext} {stem}.spec.{ext} {stem}-test.{ext} test-{stem}.{ext} {stem}.{ext}"
_PY_NAMES = "test_{stem}.py {stem}_test.py tests_{stem}.py test{stem}.py"
_JVM_BUILDS = ("pom.xml", "build.gradle", "build.gradle.kts", "libs.versions.toml")
_C_NAMES = (
    "{stem}_test.{ext} test_{stem}.{ext} {stem}-test.{ext} test-{stem}.{ext} {stem}Test.{ext} unit-{stem}.{ext} "
    "{stem}_tests.{ext} {stem}_unittest.{ext}"
)
_C_BUILDS = (
    "CMakeLists.txt",
    "conanfile.txt",
    "conanfile.py",
    "vcpkg.json",
    "meson.build",
    "BUILD",
    "BUILD.bazel",
)


def _in_each(files: tuple[str, ...], pattern: str) -> dict[str, str]:
    return dict.fromkeys(files, pattern)


FRAMEWORKS: tuple[Framework, ...] = (
    _framework(
        "pytest",
        "python",
        {
            "pyproject.toml": r"\bpytest\b",
            "pytest.ini": "",
            "setup.cfg": r"^\[tool:pytest\]|\bpytest\b",
            "tox.ini": r"\bpytest\b",
            "noxfile.py": r"\bpytest\b",
            "setup.py": r"\bpytest\b",
            "requirements-dev.txt": r"^pytest\b",
            "requirements-test.txt": r"^pytest\b",
            "requirements.txt": r"^pytest\b",
            "conftest.py": "",
        },
        r"^\s*(?:import pytest|from pytest\b|@pytest\.)|^(?:async )?def test_\w+",
        _PY_NAMES,
        "python -m pytest {path}",
        "tests",
    ),
    _framework(
        "unittest",
        "python",
        {"tox.ini": r"-m unittest", "Makefile": r"-m unittest", "noxfile.py": r"unittest"},
        r"^\s*(?:import unittest|from unittest import|class \w+\([\w.]*TestCase\))",
        _PY_NAMES,
        "python -m unittest {module}",
        "tests",
    ),
    _framework(
        "vitest",
        _JS,
        {
            "package.json": r'"vitest"\s*:|"vitest[ "]',
            **_in_each(
                ("vitest.config.ts", "vitest.config.js", "vitest.config.mts", "vitest.workspace.ts"), ""
            ),
        },
        r"""from ['"]vitest['"]|import\.meta\.vitest""",
        _JS_NAMES,
        "npx vitest run {path}",
    ),
    _framework(
        "jest",
        _JS,
        {
            "package.json": r'"(?:ts-)?jest"\s*:|"jest[ "]',
            **_in_each(
                (
                    "jest.config.js",
                    "jest.config.ts",
                    "jest.config.cjs",
                    "jest.config.mjs",
                    "jest.config.json",
                ),
                "",
            ),
        },
        r"""from ['"]@jest/globals['"]|\bjest\.(?:fn|mock|spyOn|useFakeTimers)\b""",
        _JS_NAMES,
        "npx jest {path}",
    ),
    _framework(
        "mocha",
        _JS,
        {
            "package.json": r'"mocha"\s*:|\bmocha[ "]',
            ".mocharc.json": "",
            ".mocharc.js": "",
            ".mocharc.yml": "",
            ".mocharc.cjs": "",
        },
        r"""require\(['"](?:mocha|chai|should|supertest)['"]\)|from ['"](?:mocha|chai)['"]""",
        "{stem}.{ext} {stem}.test.{ext} {stem}.spec.{ext} {stem}-test.{ext} test-{stem}.{ext} test.{stem}.{ext}",
        "npx mocha {path}",
        "test",
    ),
    _framework(
        "node:test",
        _JS,
        {"package.json": r"\bnode (?:\S+ )*--test\b"},
        r"""['"]node:test['"]""",
        _JS_NAMES,
        "node --test {path}",
        "test",
    ),
    _framework(
        "go test",
        "go",
        {"go.mod": ""},
        r"^func (?:Test|Benchmark|Fuzz|Example)\w*\(",
        "{stem}_test.go",
        "go test ./{folder}",
    ),
    _framework(
        "cargo test",
        "rust",
        {"Cargo.toml": ""},
        r"#\[(?:\w+::)*test\b",
        "{stem}.rs test_{stem}.rs",
        "cargo test",
        "inline",
    ),
    _framework(
        "JUnit 5",
        "java",
        _in_each(_JVM_BUILDS, r"junit-jupiter|org\.junit\.jupiter|useJUnitPlatform|\bjunit5\b"),
        r"\borg\.junit\.jupiter\b",
        "{stem}Test.java {stem}Tests.java {stem}TestCase.java Test{stem}.java {stem}IT.java",
        "mvn -Dtest={stem} test",
        "maven",
    ),
    _framework(
        "JUnit 4",
        "java",
        _in_each(_JVM_BUILDS, r"junit:junit|<artifactId>junit</artifactId>|\bjunit4\b"),
        r"\borg\.junit\.(?:Test|Before|After|Assert|Rule|runner)\b|\bjunit\.framework\b",
        "{stem}Test.java {stem}Tests.java Test{stem}.java {stem}TestCase.java",
        "mvn -Dtest={stem} test",
        "maven",
    ),
    _framework(
        "Kotest",
        "kotlin",
        _in_each(_JVM_BUILDS, r"io\.kotest|\bkotest\b"),
        r"\bio\.kotest\b",
        "{stem}Test.kt {stem}Spec.kt {stem}Tests.kt",
        "./gradlew test --tests {stem}",
        "maven",
    ),
    _framework(
        "Kotlin test",
        "kotlin",
        _in_each(_JVM_BUILDS, r"kotlin-test|kotlin\([\"']test|kotlin\.test|junit"),
        r"\bkotlin\.test\b|\borg\.junit\b",
        "{stem}Test.kt {stem}Tests.kt Test{stem}.kt {stem}Spec.kt",
        "./gradlew test --tests {stem}",
        "maven",
    ),
    _framework(
        "RSpec",
        "ruby",
        {
            "Gemfile": r"\brspec",
            ".rspec": "",
            "Rakefile": r"\bRSpec\b",
            "*.gemspec": r"\brspec\b",
            "spec_helper.rb": "",
        },
        r"^\s*(?:RSpec\.)?describe\b|\brequire ['\"](?:spec_helper|rails_helper|rspec)",
        "{stem}_spec.rb",
        "bundle exec rspec {path}",
        "spec",
    ),
    _framework(
        "minitest",
        "ruby",
        {
            "Gemfile": r"\bminitest|test-unit",
            "*.gemspec": r"\bminitest|test-unit",
            "Rakefile": r"\bTestTask\b|minitest",
        },
        r"\bMinitest::|\bActiveSupport::TestCase\b|\brequire ['\"](?:minitest|test_helper|test/unit)|Test::Unit",
        "{stem}_test.rb test_{stem}.rb",
        "ruby -Ilib -Itest {path}",
        "test",
    ),
    _framework(
        "PHPUnit",
        "php",
        {"composer.json": r"phpunit/phpunit", "phpunit.xml": "", "phpunit.xml.dist": ""},
        r"\bPHPUnit\\|extends \w*TestCase\b",
        "{stem}Test.php",
        "vendor/bin/phpunit {path}",
        "tests",
    ),
    _framework(
        "xUnit",
        "csharp",
        {"*.csproj": r'Include="xunit', "Directory.Packages.props": r'Include="xunit'},
        r"\busing Xunit\b|\[(?:Fact|Theory)\b",
        "{stem}Tests.cs {stem}Test.cs",
        "dotnet test --filter FullyQualifiedName~{stem}",
        "tests",
    ),
    _framework(
        "NUnit",
        "csharp",
        {"*.csproj": r'Include="NUnit"', "Directory.Packages.props": r'Include="NUnit"'},
        r"\busing NUnit\b|\[TestFixture\b",
        "{stem}Tests.cs {stem}Test.cs",
        "dotnet test --filter FullyQualifiedName~{stem}",
        "tests",
    ),
    _framework(
        "MSTest",
        "csharp",
        {"*.csproj": r'Include="MSTest', "Directory.Packages.props": r'Include="MSTest'},
        r"\bVisualStudio\.TestTools\b|\[TestClass\b",
        "{stem}Tests.cs {stem}Test.cs",
        "dotnet test --filter FullyQualifiedName~{stem}",
        "tests",
    ),
    _framework(
        "ExUnit",
        "elixir",
        {"mix.exs": ""},
        r"\buse ExUnit\.Case\b|\buse \w+\.\w*Case\b",
        "{stem}_test.exs",
        "mix test {path}",
        "test",
    ),
    _framework(
        "XCTest",
        "swift",
        {"Package.swift": r"\.testTarget\b"},
        r"\bimport XCTest\b",
        "{stem}Tests.swift {stem}Test.swift",
        "swift test --filter {stem}",
        "Tests",
    ),
    _framework(
        "bats",
        "bash",
        {},
        r"^@test\b|\bload ['\"]?\S*(?:test_helper|bats)|^#!.*\bbats\b",
        "{stem}.bats {stem}.test.bats test_{stem}.bats",
        "bats {path}",
        "test",
    ),
    _framework(
        "GoogleTest",
        "cpp c",
        _in_each(_C_BUILDS, r"\b(?:gtest|googletest|GTest)\b"),
        r"#\s*include\s*[<\"]g(?:test|mock)/|\bTEST(?:_F|_P)?\(\w+,",
        _C_NAMES,
        "ctest --test-dir build -R {stem}",
        "test",
    ),
    _framework(
        "Catch2",
        "cpp",
        _in_each(_C_BUILDS, r"\b[Cc]atch2?\b"),
        r"#\s*include\s*[<\"](?:catch2?/|catch\.hpp)|\bTEST_CASE\(\s*\"",
        _C_NAMES,
        "ctest --test-dir build -R {stem}",
        "test",
    ),
)

BY_NAME = MappingProxyType({framework.name: framework for framework in FRAMEWORKS})
