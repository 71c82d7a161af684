"""What a repository's manifests say about it: name, purpose, licence, dependencies, commands, entry points.

Manifests are read line by line rather than executed or fully parsed: every fact is a line that can be shown. What a
build tool's mere presence implies (``cargo test`` where there is a Cargo.toml) is marked as a convention.
"""

import enum
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath


class Topic(enum.Enum):
    """What a fact is about."""

    PURPOSE = "purpose"
    TEST = "test"
    INSTALL = "install"
    BUILD = "build"
    RUN = "run"
    LICENSE = "license"
    DEPENDENCIES = "dependencies"
    ENTRY = "entry"


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement of a manifest: a command, a name, a list, and the 1-based lines that make it."""

    topic: Topic
    text: str
    path: str
    lines: tuple[int, ...]
    is_convention: bool = False
    """Nothing but the kind of project implies it."""

    @property
    def languages(self) -> frozenset[str]:
        """The languages that the manifest's tool is for; "" stands for any."""
        name = PurePosixPath(self.path).name.lower()
        return next((known for pattern, known in _LANGUAGES if pattern.fullmatch(name)), frozenset({""}))


@dataclass(frozen=True, slots=True)
class _Item:
    """A key with its value as written, and the lines that it spans."""

    section: str
    key: str
    value: str
    start: int
    end: int

    @property
    def lines(self) -> tuple[int, ...]:
        return tuple(range(self.start, self.end + 1))


_LANGUAGES = tuple(
    (re.compile(pattern), frozenset(languages.split()))
    for pattern, languages in (
        (r"package\.json", "javascript typescript tsx vue svelte css scss"),
        (r"pyproject\.toml|setup\.cfg|tox\.ini|noxfile\.py|pytest\.ini|requirements\.txt", "python"),
        (r"cargo\.toml", "rust"),
        (r"go\.mod", "go"),
        (r"gemfile|rakefile|.+\.gemspec", "ruby erb"),
        (r"package\.swift", "swift"),
        (r"composer\.json", "php"),
        (r".+\.csproj|.+\.slnx?", "csharp fsharp"),
    )
)
_QUOTED = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'([^']*)'")
_PACKAGE = re.compile(r"@?[A-Za-z0-9][\w./@-]*")


def facts_of(path: str, lines: Sequence[str]) -> list[Fact]:
    """Return what one manifest says; nothing for a file of another kind."""
    name = PurePosixPath(path).name
    for pattern, reader in _READERS:
        if pattern.fullmatch(name):
            return list(reader(path, lines))
    return []


def is_manifest(path: str) -> bool:
    """Tell whether a file is a manifest that :func:`facts_of` reads."""
    name = PurePosixPath(path).name
    return any(pattern.fullmatch(name) for pattern, _ in _READERS)


def _items(lines: Sequence[str]) -> Iterator[_Item]:
    """Yield the keys of TOML and INI files; a value goes on while brackets are open or lines are indented."""
    section, number = "", 0
    while number < len(lines):
        line = lines[number]
        if header := re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line):
            section = header[1]
        elif pair := re.match(r"([\w.\"'-]+)\s*[=:]\s*(.*)", line):
            start, value = number, pair[2]
            while number + 1 < len(lines) and _goes_on(value, lines[number + 1]):
                number += 1
                value += "\n" + lines[number]
            yield _Item(section, pair[1].strip("\"'"), value, start + 1, number + 1)
        number += 1


def _goes_on(value: str, following: str) -> bool:
    bare = _QUOTED.sub("", value)
    if bare.count("[") + bare.count("{") > bare.count("]") + bare.count("}"):
        return True
    is_key = re.match(r"\s*[\w.\"'-]+\s*=(?!=)", following)
    return following[:1].isspace() and bool(following.strip()) and not is_key


def _text(value: str) -> str:
    match = _QUOTED.search(value)
    return " ".join((match[1] or match[2] or "" if match else value.split("#")[0]).split())


def _strings(value: str) -> list[str]:
    return [first or second for first, second in _QUOTED.findall(value)]


def _packages(values: Sequence[str]) -> str:
    """Return the names of requirements, ``a, b, c``."""
    found = (_PACKAGE.match(value.strip()) for value in values)
    return ", ".join(dict.fromkeys(match[0] for match in found if match))


def _pyproject(path: str, lines: Sequence[str]) -> Iterator[Fact]:
    items = list(_items(lines))
    for item in items:
        where = (item.section, item.key)
        if item.section in ("project", "tool.poetry"):
            yield from _python_project(path, item)
        elif item.section in ("project.scripts", "tool.poetry.scripts"):
            yield Fact(Topic.ENTRY, f"{item.key} ({_text(item.value)})", path, item.lines)
        elif where == ("build-system", "build-backend"):
            yield Fact(Topic.BUILD, "python -m build", path, item.lines, is_convention=True)
        elif item.section.startswith("tool.pytest") and item.key in ("testpaths", "addopts"):
            yield Fact(Topic.TEST, "pytest", path, item.lines, is_convention=True)
    poetry = [item for item in items if item.section == "tool.poetry.dependencies" and item.key != "python"]
    if poetry:
        names = ", ".join(item.key for item in poetry)
        yield Fact(Topic.DEPENDENCIES, names, path, tuple(item.start for item in poetry))


def _python_project(path: str, item: _Item) -> Iterator[Fact]:
    if item.key == "description":
        yield Fact(Topic.PURPOSE, _text(item.value), path, item.lines)
    elif item.key == "name":
        yield Fact(Topic.INSTALL, f"pip install {_text(item.value)}", path, item.lines, is_convention=True)
    elif item.key == "license":
        yield Fact(Topic.LICENSE, _text(item.value), path, item.lines)
    elif item.key == "dependencies" and (names := _packages(_strings(item.value))):
        yield Fact(Topic.DEPENDENCIES, names, path, item.lines)


def _setup_cfg(path: str, lines: Sequence[str]) -> Iterator[Fact]:
    for item in _items(lines):
        where = (item.section, item.key)
        if where == ("metadata", "description"):
            yield Fact(Topic.PURPOSE, _text(item.value), path, item.lines)
        elif where == ("metadata", "name"):
            yield Fact(
                Topic.INSTALL, f"pip install {_text(item.value)}", path, item.lines, is_convention=True
            )
        elif where == ("metadata", "license"):
            yield Fact(Topic.LICENSE, _text(item.value), path, item.lines)
        elif where == ("options", "install_requires"):
            yield Fact(Topic.DEPENDENCIES, _packages(item.value.splitlines()), path, item.lines)
        elif where == ("options.entry_points", "console_scripts"):
            yield Fact(Topic.ENTRY, " ".join(item.value.split()), path, item.lines)
        elif item.section == "tool:pytest" or (
            item.section == "pytest" and item.key in ("testpaths", "addopts")
        ):
            yield Fact(Topic.TEST, "pytest", path, item.lines, is_convention=True)


def _runner(command: str) -> Callable[[str, Sequence[str]], Iterator[Fact]]:
    def read(path: str, lines: Sequence[str]) -> Iterator[Fact]:
        if lines:
            yield Fact(Topic.TEST, command, path, (1,), is_convention=True)

    return read


def _package_json(path: str, lines: Sequence[str]) -> Iterator[Fact]:
    data = _json(lines)
    name = data.get("name")
    if isinstance(data.get("description"), str):
        yield Fact(Topic.PURPOSE, str(data["description"]), path, _line_of(lines, "description"))
    if isinstance(name, str) and not data.get("private"):
        yield Fact(Topic.INSTALL, f"npm install {name}", path, _line_of(lines, "name"), is_convention=True)
    if isinstance(data.get("license"), str):
        yield Fact(Topic.LICENSE, str(data["license"]), path, _line_of(lines, "license"))
    scripts = data.get("scripts")
    manager = str(data.get("packageManager", "")).partition("@")[0]
    runner = manager if manager in ("pnpm", "yarn", "bun") else "npm"
    for key, topic in (
        ("test", Topic.TEST),
        ("build", Topic.BUILD),
        ("start", Topic.RUN),
        ("dev", Topic.RUN),
    ):
        if isinstance(scripts, dict) and key in scripts:
            command = f"{runner} {key}" if key in ("test", "start") else f"{runner} run {key}"
            yield Fact(topic, command, path, _line_of(lines, key, after="scripts"))
    for key in ("bin", "main", "module"):
        if data.get(key):
            value = data[key]
            shown = ", ".join(value) if isinstance(value, dict) else str(value)
            yield Fact(Topic.ENTRY, f"{key}: {shown}", path, _line_of(lines, key))
    dependencies = data.get("dependencies")
    if isinstance(dependencies, dict) and dependencies:
        first = _line_of(lines, "dependencies")[0]
        span = tuple(range(first, min(first + len(dependencies) + 1, len(lines)) + 1))
        yield Fact(Topic.DEPENDENCIES, ", ".join(dependencies), path, span)


def _json(lines: Sequence[str]) -> dict[str, object]:
    try:
        data = json.loads("\n".join(lines))
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def _line_of(lines: Sequence[str], key: str, after: str = "") -> tuple[int, ...]:
    """Return the line of a JSON key, the first one behind another key."""
    start = _line_of(lines, after)[0] if after else 0
    pattern = re.compile(rf'"{re.escape(key)}"\s*:')
    return next(((n,) for n, line in enumerate(lines, 1) if n > start and pattern.search(line)), (1,))


def _cargo(path: str, lines: Sequence[str]) -> Iterator[Fact]:
    items = list(_items(lines))
    for item in items:
        if item.section in ("package", "workspace.package") and item.key == "description":
            yield Fact(Topic.PURPOSE, _text(item.value), path, item.lines)
        elif item.section in ("package", "workspace.package") and item.key == "license":
            yield Fact(Topic.LICENSE, _text(item.value), path, item.lines)
        elif (item.section, item.key) == ("package", "name"):
            yield Fact(Topic.INSTALL, f"cargo add {_text(item.value)}", path, item.lines, is_convention=True)
        elif (item.section, item.key) == ("bin", "name"):
            yield Fact(Topic.ENTRY, _text(item.value), path, item.lines)
    yield from _conventions(path, lines, "cargo test", "cargo build")
    used = [item for item in items if item.section in ("dependencies", "workspace.dependencies")]
    if used:
        lines_of = tuple(item.start for item in used)
        yield Fact(Topic.DEPENDENCIES, ", ".join(item.key for item in used), path, lines_of)


def _conventions(path: str, lines: Sequence[str], test: str, build: str) -> Iterator[Fact]:
    first = next((n for n, line in enumerate(lines, 1) if line.strip() and line.strip()[0] not in "#/<"), 1)
    if lines:
        yield Fact(Topic.TEST, test, path, (first,), is_convention=True)
        yield Fact(Topic.BUILD, build, path, (first,), is_convention=True)


def _go(path: str, lines: Sequence[str]) -> Iterator[Fact]:
    yield from _conventions(path, lines, "go test ./...", "go build ./...")
    needed: list[int] = []
    inside = False
    for number, line in enumerate(lines, 1):
        if module := re.match(r"module\s+(\S+)", line):
            yield Fact(Topic.INSTALL, f"go get {module[1]}", path, (number,), is_convention=True)
        opens = re.match(r"require\s*\(", line)
        if "// indirect" not in line and (re.match(r"require\s+\S+\s+v", line) or (inside and " v" in line)):
            needed.append(number)
        inside = bool(opens) or (inside and line.strip() != ")")
    if needed:
        names = [lines[number - 1].replace("require", "").split()[0] for number in needed]
        yield Fact(Topic.DEPENDENCIES, ", ".join(names), path, tuple(needed))


def _mix(path: str, lines: Sequence[str]) -> Iterator[Fact]:
    needed = []
    for number, line in enumerate(lines, 1):
        if described := re.search(r"description:\s*\"([^\"]+)\"", line):
            yield Fact(Topic.PURPOSE, described[1], path, (number,))
        if license_ := re.search(r"licenses:\s*\[\"([^\"]+)\"", line):
            yield Fact(Topic.LICENSE, license_[1], path, (number,))
        if dependency := re.match(r"\s*\{:(\w+),\s*\"", line):
            needed.append((dependency[1], number))
    yield from _conventions(path, lines, "mix test", "mix compile")
    if needed:
        names = ", ".join(name for name, _ in needed)
        yield Fact(Topic.DEPENDENCIES, names, path, tuple(number for _, number in needed))


def _ruby(path: str, lines: Sequence[str]) -> Iterator[Fact]:
    needed = []
    for number, line in enumerate(lines, 1):
        if described := re.search(r"\.(?:summary|description)\s*=\s*[\"'](.+?)[\"']", line):
            yield Fact(Topic.PURPOSE, described[1], path, (number,))
        if license_ := re.search(r"\.licenses?\s*=\s*\[?[\"'](.+?)[\"']", line):
            yield Fact(Topic.LICENSE, license_[1], path, (number,))
        pattern = r"\s*(?:gem|\w+\.add(?:_runtime)?_dependency)[\s(]+[\"']([\w-]+)[\"']"
        if dependency := re.match(pattern, line):
            needed.append((dependency[1], number))
        if task := re.match(r"\s*(?:Rake::TestTask\.new\W*(\w*)|task\s+:?\"?(test|spec)\b)", line):
            yield Fact(Topic.TEST, f"rake {task[1] or task[2] or 'test'}", path, (number,))
    if needed:
        names = ", ".join(name for name, _ in needed)
        yield Fact(Topic.DEPENDENCIES, names, path, tuple(number for _, number in needed))


_AGGREGATES = re.compile(r"(?:the\s+)?(?:aggregator|parent|root|bill\s+of\s+materials)\b", re.IGNORECASE)
"""A description of the build that says nothing of what is built."""


def _maven(path: str, lines: Sequence[str]) -> Iterator[Fact]:
    opened = (number for number, line in enumerate(lines, 1) if re.match(r"\s*<project\b", line))
    first = next(opened, 1)
    if lines:
        yield Fact(Topic.TEST, "mvn test", path, (first,), is_convention=True)
        yield Fact(Topic.BUILD, "mvn package", path, (first,), is_convention=True)
    parent = False
    needed: list[tuple[str, int]] = []
    inside = False
    for number, line in enumerate(lines, 1):
        parent = (parent or "<parent>" in line) and "</parent>" not in line
        inside = (inside or "<dependency>" in line) and "</dependency>" not in line
        described = re.search(r"<description>\s*([^<]+)", line)
        if not parent and described and not _AGGREGATES.match(described[1]):
            yield Fact(Topic.PURPOSE, described[1].strip(), path, (number,))
        if inside and (artifact := re.search(r"<artifactId>([^<]+)", line)):
            needed.append((artifact[1], number))
    if needed:
        names = ", ".join(dict.fromkeys(name for name, _ in needed))
        yield Fact(Topic.DEPENDENCIES, names, path, tuple(number for _, number in needed))


def _simple(test: str, build: str) -> Callable[[str, Sequence[str]], Iterator[Fact]]:
    def read(path: str, lines: Sequence[str]) -> Iterator[Fact]:
        yield from _conventions(path, lines, test, build)

    return read


def _cmake(path: str, lines: Sequence[str]) -> Iterator[Fact]:
    for number, line in enumerate(lines, 1):
        if re.match(r"\s*(?:enable_testing|add_test|include\s*\(\s*CTest)", line, re.IGNORECASE):
            yield Fact(
                Topic.TEST, "cmake -B build && cmake --build build && ctest --test-dir build", path, (number,)
            )
            break
    for number, line in enumerate(lines, 1):
        if re.match(r"\s*project\s*\(", line, re.IGNORECASE):
            yield Fact(
                Topic.BUILD, "cmake -B build && cmake --build build", path, (number,), is_convention=True
            )
            break


_TARGETS = {
    "test": Topic.TEST, "tests": Topic.TEST, "check": Topic.TEST, "build": Topic.BUILD,
    "install": Topic.INSTALL, "setup": Topic.INSTALL, "run": Topic.RUN, "start": Topic.RUN, "serve": Topic.RUN,
}  # fmt: skip


def _targets(tool: str) -> Callable[[str, Sequence[str]], Iterator[Fact]]:
    def read(path: str, lines: Sequence[str]) -> Iterator[Fact]:
        for number, line in enumerate(lines, 1):
            target = re.match(r"([\w-]+)(?:\s+[\w-]+)*\s*:(?![=:])", line)
            if target and target[1] in _TARGETS:
                end = number
                while end < len(lines) and end < number + 3 and lines[end][:1] in ("\t", " "):
                    end += 1
                span = tuple(range(number, end + 1))
                yield Fact(_TARGETS[target[1]], f"{tool} {target[1]}", path, span)

    return read


def _requirements(path: str, lines: Sequence[str]) -> Iterator[Fact]:
    needed = [n for n, line in enumerate(lines, 1) if re.match(r"[A-Za-z]", line)]
    if needed:
        names = _packages([lines[number - 1] for number in needed])
        yield Fact(Topic.DEPENDENCIES, names, path, tuple(needed))


def _composer(path: str, lines: Sequence[str]) -> Iterator[Fact]:
    data = _json(lines)
    if isinstance(data.get("description"), str):
        yield Fact(Topic.PURPOSE, str(data["description"]), path, _line_of(lines, "description"))
    if isinstance(data.get("license"), str):
        yield Fact(Topic.LICENSE, str(data["license"]), path, _line_of(lines, "license"))
    scripts, required = data.get("scripts"), data.get("require")
    if isinstance(scripts, dict) and "test" in scripts:
        yield Fact(Topic.TEST, "composer test", path, _line_of(lines, "test", after="scripts"))
    if isinstance(required, dict) and required:
        yield Fact(Topic.DEPENDENCIES, ", ".join(required), path, _line_of(lines, "require"))


_READERS: tuple[tuple[re.Pattern[str], Callable[[str, Sequence[str]], Iterator[Fact]]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), reader)
    for pattern, reader in (
        (r"(?:gnu)?makefile", _targets("make")),
        (r"justfile", _targets("just")),
        (r"pyproject\.toml", _pyproject),
        (r"setup\.cfg", _setup_cfg),
        (r"package\.json", _package_json),
        (r"cargo\.toml", _cargo),
        (r"go\.mod", _go),
        (r"mix\.exs", _mix),
        (r"gemfile|rakefile|.+\.gemspec", _ruby),
        (r"pom\.xml", _maven),
        (r"build\.gradle(?:\.kts)?", _simple("./gradlew test", "./gradlew build")),
        (r"build\.sbt", _simple("sbt test", "sbt compile")),
        (r".+\.slnx?|.+\.csproj", _simple("dotnet test", "dotnet build")),
        (r"package\.swift", _simple("swift test", "swift build")),
        (r"build\.zig", _simple("zig build test", "zig build")),
        (r"stack\.yaml", _simple("stack test", "stack build")),
        (r".+\.cabal", _simple("cabal test", "cabal build")),
        (r"composer\.json", _composer),
        (r"cmakelists\.txt", _cmake),
        (r"requirements\.txt", _requirements),
        (r"tox\.ini", _runner("tox")),
        (r"noxfile\.py", _runner("nox")),
        (r"pytest\.ini", _runner("pytest")),
    )
)
