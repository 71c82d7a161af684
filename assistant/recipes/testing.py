"""Which test framework a repository uses for a file, which test file is the file's, and where a new one would go.

Pure: works on a list of paths and a function that reads one of them. Existing tests are the strongest evidence, then
the manifests nearest to the file. Where a new file goes is read from where the existing ones are, source by source.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from assistant.recipes.frameworks import FRAMEWORKS, Framework
from indexer.discovery import Role, role_of
from indexer.languages import language_of

Read = Callable[[str], str | None]
"""Returns the text of a file by its path; None if it cannot be read."""

_MAX_TESTS_READ = 40
_MAX_MANIFESTS_READ = 30
_MAX_REFERENCES_READ = 120
_IN_TESTS, _IN_MANIFEST = 3, 4
OWN_WAY = "the repository's own way of testing"
_HELPERS = 4
"""So many helpers there may be to one test."""
_TEST_FOLDERS = re.compile(r"(?:tests?|specs?|__tests__|[\w.-]+[._-][Tt]ests?|\w+Tests?|unit|t)\Z")
_SOURCE_FOLDERS = ("src", "lib", "source", "Sources", "app", "include", "pkg")


@dataclass(frozen=True, slots=True)
class Plan:
    """How a file is tested."""

    framework: str
    language: str
    evidence: str
    """What gave the framework away, for people."""
    test_file: str | None
    """The existing test file of the target; None if there is none."""
    new_file: str | None
    """Where its tests would go; None if there is a file."""
    sample: str | None
    """An existing test file that shows the style, if there is none of the target."""
    command: str
    """How its tests are run; empty if that is not known."""

    @property
    def path(self) -> str:
        """The file that the tests go to."""
        return self.test_file or self.new_file or ""


def plan_tests(
    target: str, paths: Sequence[str], read: Read, *, symbol: str = "", referring: Iterable[str] = ()
) -> Plan | None:
    """Find out how a file is tested.

    :param target: the source file.
    :param paths: all files of the repository, '/'-separated.
    :param symbol: the name of the function or class that is to be tested, if it is one.
    :param referring: test files that are known to use it, the best first.
    :return: None for a language without a known test framework.
    """
    language = language_of(target, (read(target) or "")[:4096].encode("utf-8", "replace")).name
    known = [framework for framework in FRAMEWORKS if language in framework.languages]
    if not known:
        return None
    tests = _tests_of(language, target, paths)
    framework, evidence = _detect(known, target, tests, paths, read)
    test_file = _own_test_file(target, framework, tests, read, symbol, referring)
    new_file = None if test_file else _new_file(target, framework, tests, paths)
    sample = (
        None
        if test_file
        else next((path for path in tests if framework.in_tests.search(read(path) or "")), None)
    )
    command = _command(framework, test_file or new_file or target, paths)
    return Plan(framework.name, language, evidence, test_file, new_file, sample, command)


def _tests_of(language: str, target: str, paths: Sequence[str]) -> list[str]:
    """Return the test files of a language, the nearest to the target first."""
    related = (
        {"javascript", "typescript", "tsx"} if language in ("javascript", "typescript", "tsx") else {language}
    )
    if language in ("c", "cpp"):
        related = {"c", "cpp"}
    found = [
        path
        for path in paths
        if path != target and role_of(path) & Role.TEST and language_of(path).name in related
    ]
    return sorted(found, key=lambda path: (-_shared(path, target), path.count("/"), path))


def _shared(path: str, other: str) -> int:
    """Count the folders that two paths have in common from the top."""
    count = 0
    for one, two in zip(path.split("/")[:-1], other.split("/")[:-1], strict=False):
        if one != two:
            break
        count += 1
    return count


def _detect(
    known: Sequence[Framework], target: str, tests: Sequence[str], paths: Sequence[str], read: Read
) -> tuple[Framework, str]:
    """Return the likeliest framework and why."""
    votes: Counter[str] = Counter()
    reasons: dict[str, str] = {}
    for path in tests[:_MAX_TESTS_READ]:
        text = read(path) or ""
        for framework in known:
            if framework.in_tests.search(text):
                votes[framework.name] += _IN_TESTS
                reasons.setdefault(framework.name, path)
    for distance, path in _manifests(known, target, paths):
        for name in _named_in(path, known, read):
            votes[name] += max(1, _IN_MANIFEST - distance)
            reasons.setdefault(name, path)
    if _uses_both(votes, "pytest", "unittest"):
        votes["pytest"] -= _IN_TESTS * _cases(tests, read)  # pytest runs unittest's classes, too
    best = max(known, key=lambda framework: votes[framework.name])
    if votes[best.name]:
        return best, f"as in {reasons[best.name]}"
    if tests:
        own = replace(best, name=OWN_WAY, command="")
        return own, f"{tests[0]} uses none of {', '.join(framework.name for framework in known)}"
    return best, "nothing in the repository says; this is the usual one"


def _named_in(manifest: str, known: Sequence[Framework], read: Read) -> list[str]:
    """Return the frameworks that a manifest names."""
    name = manifest.rpartition("/")[2]
    patterns = {
        framework.name: pattern
        for framework in known
        for glob, pattern in framework.manifests.items()
        if fnmatchcase(name, glob)
    }
    text = read(manifest) or ""
    return [framework for framework, pattern in patterns.items() if pattern.search(text)]


def _uses_both(votes: Counter[str], one: str, two: str) -> bool:
    return votes[one] > 0 and votes[two] > 0


def _cases(tests: Sequence[str], read: Read) -> int:
    """Count test files that are written for unittest alone."""
    return sum(
        1
        for path in tests[:_MAX_TESTS_READ]
        if re.search(r"^class \w+\([\w.]*TestCase\)", text := read(path) or "", re.MULTILINE)
        and "pytest" not in text
    )


def _manifests(known: Sequence[Framework], target: str, paths: Sequence[str]) -> list[tuple[int, str]]:
    """Return manifests at or above the target's folder, and C#'s test projects, the nearest first."""
    globs = {glob for framework in known for glob in framework.manifests}
    folders = ["/".join(target.split("/")[:count]) for count in range(target.count("/"), -1, -1)]
    found = []
    for path in paths:
        folder, _, name = path.rpartition("/")
        if not any(name == glob or ("*" in glob and fnmatchcase(name, glob)) for glob in globs):
            continue
        if folder in folders:
            found.append((folders.index(folder), path))
        elif role_of(path) & Role.TEST or name.endswith((".csproj", ".versions.toml")):
            found.append((_IN_MANIFEST, path))
    return sorted(found)[:_MAX_MANIFESTS_READ]


def _stem(path: str) -> str:
    return PurePosixPath(path).name.split(".")[0]


def _names(framework: Framework, target: str) -> list[str]:
    """Return what a test file of the target may be called, likeliest first, in lower case."""
    pure = PurePosixPath(target)
    stem, ext = _stem(target), pure.suffix.removeprefix(".")
    exts = {"h": ["cpp", "cc", "c"], "hpp": ["cpp"], "hh": ["cc"]}.get(ext, [ext])
    if framework.name in ("vitest", "jest", "mocha", "node:test"):
        exts = list(dict.fromkeys([ext, "ts", "js", "tsx", "jsx", "mjs", "cjs", "mts"]))
    stems = [stem]
    folder = pure.parent.name
    if stem in ("__init__", "index", "mod", "lib", "main", "init") and folder:
        stems = [folder, stem]
    elif folder:
        parts = pure.parent.parts
        stems += ["_".join([*parts[-count:], stem]) for count in (1, 2) if count <= len(parts)]
    stems += [stem.strip("_")] if stem.strip("_") != stem else []
    return [
        pattern.format(stem=name, ext=suffix).lower()
        for name in stems
        for pattern in framework.names
        for suffix in exts
    ]


def _own_test_file(
    target: str, framework: Framework, tests: Sequence[str], read: Read, symbol: str, referring: Iterable[str]
) -> str | None:
    if framework.default_folder == "inline" and re.search(r"#\[cfg\(test\)\]", read(target) or ""):
        return target
    names = {name: rank for rank, name in reversed(list(enumerate(_names(framework, target))))}
    named = [path for path in tests if path.rpartition("/")[2].lower() in names]
    if named:
        return max(
            named,
            key=lambda path: (_likeness(path, target), -names[path.rpartition("/")[2].lower()], -len(path)),
        )
    allowed = set(tests)
    for path in referring:
        if path in allowed and _mentions_module(path, target, read):
            return path
    return _by_reference(target, tests, read, symbol)


def _likeness(path: str, target: str) -> int:
    """Count the folders of the target that a test's path has, too, wherever they stand."""
    folders = set(path.split("/")[:-1])
    return sum(folder in folders for folder in target.split("/")[:-1])


def _mentions_module(path: str, target: str, read: Read) -> bool:
    stem = _stem(target)
    name = PurePosixPath(target).parent.name if stem in ("__init__", "index", "mod", "lib") else stem
    return bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", read(path) or ""))


def _by_reference(target: str, tests: Sequence[str], read: Read, symbol: str) -> str | None:
    """Return the test file that names the symbol most often and the target's module at all."""
    if not symbol:
        return None
    word = re.compile(rf"(?<!\w){re.escape(symbol.rpartition('.')[2])}(?!\w)")
    best, most = None, 0
    for path in tests[:_MAX_REFERENCES_READ]:
        count = len(word.findall(read(path) or ""))
        if count > most and _mentions_module(path, target, read):
            best, most = path, count
    return best


def _new_file(target: str, framework: Framework, tests: Sequence[str], paths: Sequence[str]) -> str:
    """Name a new test file as the existing ones are named and placed."""
    if framework.default_folder == "inline":
        return target
    pattern = _usual_name(framework, tests)
    stem, ext = _stem(target), PurePosixPath(target).suffix.removeprefix(".")
    if stem in ("__init__", "index", "mod") and PurePosixPath(target).parent.name:
        stem = PurePosixPath(target).parent.name
    if framework.languages & {"c", "cpp"} and ext in ("h", "hpp", "hh"):
        ext = next(
            (PurePosixPath(path).suffix[1:] for path in tests if not path.endswith((".h", ".hpp"))), "cpp"
        )
    name = pattern.format(stem=stem, ext=ext)
    folder = _usual_folder(target, framework, tests, paths)
    path = f"{folder}/{name}" if folder else name
    taken = set(paths)
    if path not in taken:
        return path
    parent = PurePosixPath(target).parent.name or "more"
    return f"{folder}/" * bool(folder) + pattern.format(stem=f"{parent}_{stem}", ext=ext)


def _usual_name(framework: Framework, tests: Sequence[str]) -> str:
    votes = Counter(pattern for path in tests if (pattern := _pattern_of(path, framework)) is not None)
    if votes["{stem}.{ext}"] <= _HELPERS * (votes.total() - votes["{stem}.{ext}"]):
        del votes["{stem}.{ext}"]  # helpers beside the tests are called so, too
    return max(framework.names, key=lambda pattern: (votes[pattern], -framework.names.index(pattern)))


def _pattern_of(path: str, framework: Framework) -> str | None:
    """Return the pattern that a test file's name follows, the most telling one."""
    name = path.rpartition("/")[2]
    for pattern in sorted(framework.names, key=len, reverse=True):
        if _stem_in(name, pattern):
            return pattern
    return None


def _stem_in(name: str, pattern: str) -> str | None:
    regex = re.escape(pattern).replace(r"\{stem\}", r"(.+?)").replace(r"\{ext\}", r"\w+")
    match = re.fullmatch(regex, name)
    return match.group(1) if match else None


def _usual_folder(target: str, framework: Framework, tests: Sequence[str], paths: Sequence[str]) -> str:
    """Return where a test of the target goes: the rule that most existing tests follow."""
    sources: dict[str, list[str]] = {}
    for path in paths:
        if not role_of(path) & Role.TEST and language_of(path).name in framework.languages:
            sources.setdefault(_stem(path).lower(), []).append(path)
    roots, folders = _test_roots(tests), _folders(tests)
    votes: Counter[tuple[str, str]] = Counter()
    for path in tests:
        pattern = _pattern_of(path, framework)
        stem = _stem_in(path.rpartition("/")[2], pattern) if pattern else None
        for source in sources.get((stem or "").lower(), [])[:5]:
            votes.update(
                {
                    rule
                    for rule, folder in _rules(source, roots, folders).items()
                    if folder == path.rpartition("/")[0]
                }
            )
    rules = _rules(target, roots, folders)
    usable = [(count, rule) for rule, count in votes.items() if rule in rules]
    if usable:
        most = max(count for count, _ in usable)
        return rules[next(rule for rule in rules if votes[rule] == most)]
    return _default_folder(target, framework, roots)


def _test_roots(tests: Sequence[str]) -> list[str]:
    """Return the folders that hold tests, cut after the first that is named so; the commonest first."""
    roots: Counter[str] = Counter()
    for path in tests:
        folders = path.split("/")[:-1]
        at = next((number for number, name in enumerate(folders) if _TEST_FOLDERS.match(name)), None)
        if at is not None and folders[at] != "__tests__":
            roots["/".join(folders[: at + 1])] += 1
    return [root for root, _ in roots.most_common(6)]


def _folders(tests: Sequence[str]) -> dict[str, str]:
    """Return the folders above tests by their last part."""
    found: dict[str, str] = {}
    for path in tests:
        folders = path.split("/")[:-1]
        for count in range(1, len(folders) + 1):
            found.setdefault(folders[count - 1], "/".join(folders[:count]))
    return found


def _rules(source: str, roots: Sequence[str], test_folders: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """Return where a test of a source would be under each rule: (rule, its root) -> folder; the closest rule first."""
    folders = source.split("/")[:-1]
    here = "/".join(folders)
    rules: dict[tuple[str, str], str] = {}
    if "main" in folders:
        at = folders.index("main")
        rules["maven", ""] = "/".join([*folders[:at], "test", *folders[at + 1 :]])
    rules["beside", ""] = here
    rules["__tests__", ""] = f"{here}/__tests__" if here else "__tests__"
    for number, project in enumerate(folders):
        for ending in (
            ".Tests",
            ".Test",
            "Tests",
            ".UnitTests",
            "Test",
            "-tests",
            "-test",
            "_tests",
            "_test",
        ):
            if project + ending in test_folders:
                top = test_folders[project + ending]
                rules["project", ""] = "/".join([top, *folders[number + 1 :]])
                rules["project flat", ""] = top
    for root in roots:
        above = root.split("/")[:-1]
        if folders[: len(above)] != above:
            continue  # the tests of another part of the repository
        inside = folders[len(above) :]
        for skip in range(3):
            if skip <= len(inside):
                rules[f"mirror without {skip}", root] = "/".join([root, *inside[skip:]])
        rules["flat", root] = root
    return rules


def _default_folder(target: str, framework: Framework, roots: Sequence[str]) -> str:
    folders = target.split("/")[:-1]
    if framework.default_folder == "beside":
        return "/".join(folders)
    if framework.default_folder == "maven":
        return _rules(target, (), {}).get(("maven", ""), "/".join(folders))
    nearest = [root for root in roots if target.startswith(root.rpartition("/")[0])]
    if nearest:
        return nearest[0]
    inside = (
        folders[1:]
        if folders and folders[0] in _SOURCE_FOLDERS and framework.name in ("RSpec", "minitest", "ExUnit")
        else []
    )
    return "/".join([framework.default_folder, *inside])


def _command(framework: Framework, path: str, paths: Sequence[str]) -> str:
    """Return how a test file is run."""
    pure = PurePosixPath(path)
    command = framework.command
    names = {name.rpartition("/")[2] for name in paths if name.count("/") <= 1}
    if framework.name.startswith("JUnit") and not any(name == "pom.xml" for name in names):
        command = "./gradlew test --tests {stem}"
    elif framework.name == "Kotlin test" and "pom.xml" in names:
        command = "mvn -Dtest={stem} test"
    elif framework.name == "minitest" and "bin/rails" in set(paths):
        command = "bin/rails test {path}"
    folder = pure.parent.as_posix()
    return command.format(
        path=_quoted(path),
        module=".".join(pure.with_suffix("").parts),
        folder="" if folder == "." else _quoted(folder),
        stem=_quoted(_stem(path)),
    )


def _quoted(text: str) -> str:
    import shlex

    return shlex.quote(text)
