"""Roles by path, for the conventions of many languages."""

import os

import pytest

from indexer.discovery import Role, role_of

NONE = Role(0)

ROLES = [
    ("src/app.py", NONE),
    ("aiohttp/connector.py", NONE),
    ("lib/sinatra/base.rb", NONE),
    ("src/main/java/com/example/app/Service.java", NONE),
    ("src/contest.py", NONE),
    ("src/latest.py", NONE),
    ("src/attestation/verify.go", NONE),
    ("src/inspector.ts", NONE),
    ("src/manifest.py", NONE),
    ("src/mod.rs", NONE),
    ("src/lib.rs", NONE),
    ("src/types.ts", NONE),
    ("src/Benchmarking.md.py", NONE),
    ("distribution/pack.py", NONE),
    ("src/document.py", NONE),
    ("lib/history.bash", NONE),
    ("src/security.rs", NONE),
    ("core/vendors/Dialect.kt", NONE),
    # tests
    ("tests/helpers.py", Role.TEST),
    ("pkg/test_models.py", Role.TEST),
    ("pkg/models_test.py", Role.TEST),
    ("conftest.py", Role.TEST),
    ("server/handler_test.go", Role.TEST),
    ("src/test/java/org/x/Foo.java", Role.TEST),
    ("app/FooTest.java", Role.TEST),
    ("app/FooTests.cs", Role.TEST),
    ("app/FooIT.java", Role.TEST),
    ("MyLib.Tests/Helper.cs", Role.TEST),
    ("Tests/AppTests/Helper.swift", Role.TEST),
    ("exposed-tests/src/Shared.kt", Role.TEST),
    ("core/src/jvmTest/kotlin/A.kt", Role.TEST),
    ("core/src/androidTest/kotlin/A.kt", Role.TEST),
    ("src/a.spec.ts", Role.TEST),
    ("src/a.test.tsx", Role.TEST),
    ("src/__tests__/a.js", Role.TEST),
    ("spec/models/user_spec.rb", Role.TEST),
    ("lib/user_spec.rb", Role.TEST),
    ("test/ecto/repo_test.exs", Role.TEST),
    ("src/FooSpec.scala", Role.TEST),
    ("src/FooSuite.scala", Role.TEST),
    ("src/tests.rs", Role.TEST),
    ("test/test-fs.c", Role.TEST),
    ("src/unit-hash.test.cpp", Role.TEST),
    ("plugins/x.bats", Role.TEST),
    ("tests/FooTest.php", Role.TEST),
    # examples
    ("examples/client.py", Role.EXAMPLE),
    ("_examples/rest/main.go", Role.EXAMPLE),
    ("samples/app/src/Main.kt", Role.EXAMPLE),
    ("pkg/example_test.go", Role.TEST | Role.EXAMPLE),
    ("demo/run.sh", Role.EXAMPLE),
    # documentation
    ("README", Role.DOCS),
    ("README.md", Role.DOCS),
    ("LICENSE-MIT", Role.DOCS),
    ("HISTORY", Role.DOCS),
    ("CHANGELOG.rst", Role.DOCS),
    ("docs/source/tutorial.py", Role.DOCS),
    ("notes.txt", Role.DOCS),
    ("requirements-dev.txt", Role.CONFIG),
    ("CMakeLists.txt", Role.CONFIG),
    # vendored and generated
    ("vendor/github.com/x/y.go", Role.VENDORED),
    ("third_party/zlib/inflate.c", Role.VENDORED),
    ("pip/_vendor/six.py", Role.VENDORED | Role.COMPAT),
    ("api/v1/service.pb.go", Role.GENERATED),
    ("api/service_pb2_grpc.py", Role.GENERATED),
    ("Forms/Main.Designer.cs", Role.GENERATED),
    ("src/schema.generated.ts", Role.GENERATED),
    ("dist/app.js", Role.GENERATED),
    ("single_include/nlohmann/json.hpp", Role.GENERATED),
    # barrels
    ("pkg/__init__.py", Role.BARREL),
    ("src/index.ts", Role.BARREL),
    ("src/index.tsx", Role.BARREL),
    ("types/api.d.ts", Role.BARREL),
    ("org/x/package-info.java", Role.BARREL),
    # compatibility
    ("pkg/compat/py3.py", Role.COMPAT),
    ("pkg/_compat.py", Role.COMPAT),
    ("pydantic/deprecated/json.py", Role.COMPAT),
    ("src/LegacyParser.java", Role.COMPAT),
    # benchmarks
    ("benches/parse.rs", Role.BENCHMARK),
    ("pkg/parse_bench.go", Role.BENCHMARK),
    ("src/ParserBenchmark.java", Role.BENCHMARK),
    # configuration
    ("package.json", Role.CONFIG),
    ("pyproject.toml", Role.CONFIG),
    (".github/workflows/ci.yml", Role.CONFIG),
    ("vite.config.ts", Role.CONFIG),
    (".eslintrc.js", Role.CONFIG),
    ("Makefile", Role.CONFIG),
    ("app/build.gradle.kts", Role.CONFIG),
    ("mix.exs", Role.CONFIG),
    ("tests/data/a.json", Role.TEST | Role.CONFIG),
]


@pytest.mark.parametrize(("path", "role"), ROLES)
def test_roles(path: str, role: Role) -> None:
    assert role_of(path) == role


def test_names_that_are_no_utf8_have_roles() -> None:
    assert role_of(os.fsdecode(b"tests/\xff_test.go")) == Role.TEST
    assert role_of("tests/line\nend.py") == Role.TEST
