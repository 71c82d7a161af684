"""What a path says about a file's part in its repository, by the conventions of many languages.

Search ranks tests, examples, vendored and generated files behind the code itself unless they are asked for;
a barrel only re-exports. Only names are looked at: a role is a hint, never a reason to leave a file out.
"""

import enum
import functools
import re


class Role(enum.Flag):
    """The roles of a file; a file may have several, most source has none (``Role(0)``)."""

    TEST = enum.auto()
    EXAMPLE = enum.auto()
    DOCS = enum.auto()
    VENDORED = enum.auto()
    GENERATED = enum.auto()
    BARREL = enum.auto()  # only re-exports: __init__.py, index.ts, declaration files
    COMPAT = enum.auto()  # compatibility layers, deprecated and legacy code
    BENCHMARK = enum.auto()
    CONFIG = enum.auto()


_TEST, _EXAMPLE, _DOCS = Role.TEST.value, Role.EXAMPLE.value, Role.DOCS.value
_VENDORED, _GENERATED, _BARREL = Role.VENDORED.value, Role.GENERATED.value, Role.BARREL.value
_COMPAT, _BENCHMARK, _CONFIG = Role.COMPAT.value, Role.BENCHMARK.value, Role.CONFIG.value

_FOLDER_NAMES: dict[int, str] = {
    _TEST: """test tests __tests__ __test__ __mocks__ __fixtures__ __snapshots__ spec specs testdata test-data
        test_data testsuite testsuites testcases fixtures unittest unittests unit_tests e2e cypress
        androidtest t""",
    _EXAMPLE: """example examples _examples sample samples demo demos tutorial tutorials playground
        playgrounds cookbook quickstart quickstarts sandbox starters""",
    _DOCS: """doc docs documentation docs_src doc_src man manual website wiki javadoc apidoc
        versioned_docs changelog changelogs changelog.d newsfragments releasenotes release-notes
        .changeset .changes""",
    _VENDORED: """vendor vendored _vendor _vendored third_party third-party thirdparty 3rdparty
        3rd_party extern node_modules bower_components site-packages godeps pods carthage jspm_packages""",
    _GENERATED: """generated __generated__ generated-sources generated_src autogen auto_generated
        single_include amalgamated amalgamation dist""",
    _COMPAT: """compat _compat legacy deprecated compatibility polyfill polyfills shims""",
    _BENCHMARK: """bench benches benchmark benchmarks _benchmarks perf microbenchmarks perftest jmh""",
    _CONFIG: """.github .circleci .vscode .idea .devcontainer .husky .gitlab""",
}
_FOLDERS = {name: flag for flag, names in _FOLDER_NAMES.items() for name in names.split()}

# Words at an end of a compound name: Foo.Tests, exposed-tests, core_test, jvmTest, my-app-examples.
_COMPOUND_FOLDER = re.compile(
    r"""(?P<test>(?:^|.*[._-])[Tt]ests?$|.*[a-z0-9](?:Tests?|TestFixtures)$|[Tt]ests?[._-])
    |(?P<example>.*[._-](?:[Ee]xamples?|[Ss]amples?|[Dd]emos?)$|.*[a-z](?:Examples?|Samples)$)
    |(?P<benchmark>.*[._-][Bb]ench(?:marks?)?$|.*[a-z]Benchmarks?$)""",
    re.VERBOSE,
)
_COMPOUND_FLAGS = {"test": _TEST, "example": _EXAMPLE, "benchmark": _BENCHMARK}

# `com/example/app` is how Java spells a domain, not a folder of examples.
_DOMAINS = frozenset({"com", "org", "net", "io", "edu", "dev"})

_FILE_PATTERNS: tuple[tuple[int, str], ...] = (
    (
        _TEST,
        r"""(?:test|tests|conftest|spec_helper|rails_helper|test_helper|testutil|testutils|test_utils|testing_utils)\.\w+$
        |test[_-].+\.\w+$|.+[._-](?:test|tests|spec|specs|unittest|e2e|cy)\.\w+(?:\.snap)?$|.+_suite_test\.go$
        |.+\.(?:t|bats|snap|feature)$|run[-_]?tests?\b""",
    ),
    (
        _EXAMPLE,
        r"(?:example|sample|demo)s?(?:[._-].+)?\.\w+$|.+[._-](?:example|sample|demo)s?(?:_test)?\.\w+$",
    ),
    (
        _DOCS,
        r""".+\.(?:md|mdx|markdown|rst|adoc|asciidoc|org|pod|rdoc|texi|texinfo|man|[1-8])$
        |readme(?:[._-].*)?$
        |(?:changelog|changes|change-archive|release[_-]?notes|contributing|contributors|authors|history|news|license|licence|copying|notice|maintainers
        |security|code_of_conduct|upgrading|todo|faq)(?:[_-][^.]*)?$""",
    ),
    (
        _GENERATED,
        r""".+\.(?:pb\.(?:go|cc|h|rs|swift|dart|ts)|pb-c\.[ch]|pb\.gw\.go|g\.cs|g\.i\.cs|g\.dart|freezed\.dart|designer\.cs
        |gen\.(?:go|ts|tsx|rs|cs|dart)|snap)$|.+[._-]generated\.\w+$|.+_pb2(?:_grpc)?\.pyi?$|.+_pb\.(?:js|ts|d\.ts|rb)$
        |.+_grpc\.pb\.go$|zz_generated.*|.+_(?:mock|mocks|string)\.go$|bindata\.go$|.+\.min\.\w+$""",
    ),
    (
        _BARREL,
        r"__init__\.pyi?$|index\.(?:[cm]?[jt]s|[jt]sx)$|.+\.d\.[cm]?ts$|(?:package|module)-info\.java$",
    ),
    (
        _COMPAT,
        r"_?(?:compat|legacy|deprecated|six|polyfills?)\.\w+$|.+[._-](?:compat|legacy|deprecated)\.\w+$",
    ),
    (_BENCHMARK, r"(?:bench|benchmarks?)(?:[._-].+)?\.\w+$|.+[._-](?:bench|benchmarks?)\.\w+$"),
    (
        _CONFIG,
        r""".+\.(?:json|jsonc|json5|ya?ml|toml|ini|cfg|conf|config|properties|props|targets|lock|plist|env|csproj|fsproj
        |vbproj|sln|slnx|gradle|gradle\.kts|sbt|cabal|gemspec|nimble|podspec|xcconfig|tfvars|nuspec|ruleset)$
        |.+\.(?:config|conf|rc)\.[cm]?[jt]s$|\..+rc(?:\.\w+)?$|\.(?:git|editor|docker|npm|prettier|eslint|env).*
        |(?:makefile|gnumakefile|dockerfile|containerfile|jenkinsfile|vagrantfile|procfile|gemfile|rakefile|podfile
        |brewfile|justfile|cmakelists\.txt|meson\.build|meson_options\.txt|build|workspace|go\.mod|mix\.exs|setup\.py
        |pom\.xml|build\.zig|build\.xml|requirements.*\.txt|constraints.*\.txt|manifest\.in|codeowners)(?:\.bazel)?$
        |(?:makefile|dockerfile)\..+""",
    ),
)
_FILES = tuple(
    (flag, re.compile(pattern, re.VERBOSE | re.IGNORECASE).match) for flag, pattern in _FILE_PATTERNS
)

# Names in camel case, where the case tells: FooTest.java, FooTests.cs, TestFoo.kt, FooSpec.scala,
# ExampleFoo.java.
_CAMEL = (
    (
        _TEST,
        re.compile(
            r"(?:.*[a-z0-9])?(?:Tests?|TestCase|TestBase|Specs?|IT|ITCase|Suite)\.(?:java|kts?|scala|cs|fs|swift|groovy|php|hs"
            r"|vb|dart|cc|cpp|m|mm)$|Test[A-Z]\w*\.(?:java|kt|scala|cs|swift|groovy|php|cpp|cc)$"
        ).match,
    ),
    (
        _EXAMPLE,
        re.compile(
            r"(?:.+[a-z0-9])(?:Examples?|Samples?|Demo)\.\w+$|(?:Example|Sample|Demo)[A-Z]\w*\.\w+$"
        ).match,
    ),
    (_BENCHMARK, re.compile(r"(?:.*[a-z0-9])?Bench(?:marks?)?\.\w+$").match),
    (
        _COMPAT,
        re.compile(r".+[a-z0-9](?:Compat|Legacy)\.\w+$|(?:Legacy|Compat|Deprecated)[A-Z]\w*\.\w+$").match,
    ),
)


@functools.lru_cache(maxsize=100_000)
def role_of(path: str) -> Role:
    """Return the roles of a file, by its path relative to the root, '/'-separated."""
    cut = path.rfind("/") + 1
    return Role(_folder_flags(path[:cut]) | _file_flags(path[cut:]))


@functools.lru_cache(maxsize=20_000)
def _folder_flags(folder: str) -> int:
    flags = 0
    above = ""
    for name in folder.split("/")[:-1]:
        lowered = name.lower()
        flag = _FOLDERS.get(lowered)
        if flag is not None:
            if not (flag == _EXAMPLE and above in _DOMAINS):
                flags |= flag
        elif match := _COMPOUND_FOLDER.match(name):
            flags |= _COMPOUND_FLAGS[match.lastgroup or "test"]
        above = lowered
    return flags


@functools.lru_cache(maxsize=50_000)
def _file_flags(name: str) -> int:
    flags = 0
    for flag, matches in (*_FILES, *_CAMEL):
        if matches(name):
            flags |= flag
    if name.lower().endswith(".txt") and not flags & (_CONFIG | _TEST):
        flags |= _DOCS
    return flags
