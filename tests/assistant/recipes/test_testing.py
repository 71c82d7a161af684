"""Trees of files, and what is found out about testing one of them."""

import pytest

from assistant.recipes.testing import OWN_WAY, Plan, plan_tests

PY_TEST = "import pytest\n\n\ndef test_a():\n    assert True\n"
CASE = "import unittest\n\n\nclass TestA(unittest.TestCase):\n    def test_a(self):\n        pass\n"
GO_TEST = 'package a\n\nimport "testing"\n\nfunc TestA(t *testing.T) {}\n'


def plan(target: str, tree: dict[str, str], **options: object) -> Plan:
    found = plan_tests(target, [*tree, *([] if target in tree else [target])], tree.get, **options)  # type: ignore[arg-type]
    assert found is not None
    return found


FRAMEWORKS = [
    ("a.py", {"pyproject.toml": '[dependency-groups]\ndev = ["pytest>=8"]\n'}, "pytest"),
    ("a.py", {"tests/conftest.py": "", "tests/test_b.py": "def test_b():\n    pass\n"}, "pytest"),
    ("a.py", {"tests/test_b.py": CASE}, "unittest"),
    (
        "a.py",
        {"tests/test_b.py": CASE, "tests/test_c.py": CASE, "tox.ini": "commands = pytest\n"},
        "unittest",
    ),
    ("a.py", {"tests/test_b.py": CASE, "tests/test_c.py": PY_TEST, "tests/test_d.py": PY_TEST}, "pytest"),
    ("src/a.ts", {"package.json": '{"devDependencies": {"vitest": "^1"}}'}, "vitest"),
    ("src/a.ts", {"package.json": '{"devDependencies": {"jest": "^29", "@types/jest": "^29"}}'}, "jest"),
    ("src/a.ts", {"package.json": "{}", "jest.config.ts": "export default {}"}, "jest"),
    ("lib/a.js", {"package.json": '{"scripts": {"test": "mocha --require x test/"}}'}, "mocha"),
    ("lib/a.js", {"package.json": '{"scripts": {"test": "node --test"}}'}, "node:test"),
    ("lib/a.js", {"test/b.js": "const test = require('node:test')\n"}, "node:test"),
    (
        "packages/ui/src/a.ts",
        {
            "package.json": '{"devDependencies": {"jest": "1"}}',
            "packages/ui/package.json": '{"devDependencies": {"vitest": "1"}}',
        },
        "vitest",
    ),
    ("a/b.go", {"go.mod": "module m\n"}, "go test"),
    ("src/lib.rs", {"Cargo.toml": "[package]\n"}, "cargo test"),
    ("src/main/java/a/B.java", {"pom.xml": "<artifactId>junit-jupiter</artifactId>"}, "JUnit 5"),
    ("src/main/java/a/B.java", {"pom.xml": "<artifactId>junit</artifactId>"}, "JUnit 4"),
    ("src/main/java/a/B.java", {"src/test/java/a/CTest.java": "import org.junit.Test;\n"}, "JUnit 4"),
    ("src/main/kotlin/a/B.kt", {"build.gradle.kts": 'testImplementation(kotlin("test"))'}, "Kotlin test"),
    (
        "src/main/kotlin/a/B.kt",
        {"build.gradle.kts": 'testImplementation("io.kotest:kotest-runner:5")'},
        "Kotest",
    ),
    ("lib/a.rb", {"Gemfile": "gem 'rspec'\n"}, "RSpec"),
    ("lib/a.rb", {"test/b_test.rb": "require 'minitest/autorun'\n"}, "minitest"),
    ("src/A.php", {"composer.json": '{"require-dev": {"phpunit/phpunit": "^10"}}'}, "PHPUnit"),
    ("src/A/B.cs", {"tests/A.Tests/A.Tests.csproj": '<PackageReference Include="xunit" />'}, "xUnit"),
    ("src/A/B.cs", {"tests/A.Tests/A.Tests.csproj": '<PackageReference Include="NUnit" />'}, "NUnit"),
    ("src/A/B.cs", {"tests/A.Tests/CTests.cs": "[TestClass]\npublic class CTests {}"}, "MSTest"),
    ("lib/a.ex", {"mix.exs": ""}, "ExUnit"),
    ("Sources/A/B.swift", {"Package.swift": '.testTarget(name: "ATests")'}, "XCTest"),
    ("lib/a.sh", {"test/b.bats": '@test "b" { true; }\n'}, "bats"),
    ("src/a.cc", {"CMakeLists.txt": "find_package(GTest)\n"}, "GoogleTest"),
    ("src/a.cpp", {"tests/b.cpp": '#include <catch2/catch_test_macros.hpp>\nTEST_CASE("b") {}\n'}, "Catch2"),
    ("src/a.c", {"test/test-b.c": '#include "task.h"\nTEST_IMPL(b) { return 0; }\n'}, OWN_WAY),
    ("a.py", {"README.md": ""}, "pytest"),
]


@pytest.mark.parametrize(("target", "tree", "framework"), FRAMEWORKS)
def test_the_framework_is_found(target: str, tree: dict[str, str], framework: str) -> None:
    assert plan(target, tree).framework == framework


EXISTING = [
    ("src/shop/cart.py", {"tests/test_cart.py": PY_TEST}, "tests/test_cart.py"),
    (
        "src/shop/cart.py",
        {"tests/a/test_cart.py": PY_TEST, "tests/shop/test_cart.py": PY_TEST},
        "tests/shop/test_cart.py",
    ),
    ("shop/web/cart.py", {"tests/test_web_cart.py": PY_TEST}, "tests/test_web_cart.py"),
    ("shop/__init__.py", {"tests/test_shop.py": PY_TEST}, "tests/test_shop.py"),
    ("src/cart.ts", {"src/cart.spec.ts": "", "package.json": '{"jest": {}}'}, "src/cart.spec.ts"),
    ("src/cart.tsx", {"src/__tests__/cart.tsx": "", "package.json": '"vitest":'}, "src/__tests__/cart.tsx"),
    ("a/cart.go", {"a/cart_test.go": GO_TEST, "b/cart_test.go": GO_TEST}, "a/cart_test.go"),
    (
        "src/cart.rs",
        {"src/cart.rs": "fn a() {}\n#[cfg(test)]\nmod tests {}\n", "Cargo.toml": ""},
        "src/cart.rs",
    ),
    ("src/main/java/a/Cart.java", {"src/test/java/a/CartTests.java": ""}, "src/test/java/a/CartTests.java"),
    ("lib/shop/cart.rb", {"spec/shop/cart_spec.rb": "describe Cart do\nend\n"}, "spec/shop/cart_spec.rb"),
    ("include/cart.h", {"test/cart-test.cc": '#include "gtest/gtest.h"\n'}, "test/cart-test.cc"),
    ("src/Cart.php", {"tests/Unit/CartTest.php": ""}, "tests/Unit/CartTest.php"),
    ("lib/cart.ex", {"test/cart_test.exs": ""}, "test/cart_test.exs"),
]


@pytest.mark.parametrize(("target", "tree", "test_file"), EXISTING)
def test_the_existing_test_file_is_found_by_its_name(
    target: str, tree: dict[str, str], test_file: str
) -> None:
    found = plan(target, tree)
    assert (found.test_file, found.new_file) == (test_file, None)


def test_the_existing_test_file_is_found_by_what_it_uses() -> None:
    tree = {
        "tests/test_checkout.py": "from shop.cart import Cart\n\ndef test_a():\n    Cart(); Cart()\n",
        "tests/test_other.py": "from music import Cart\n\ndef test_b():\n    Cart(); Cart(); Cart()\n",
        "tests/test_third.py": "from shop.cart import total\n\ndef test_c():\n    total()\n",
    }
    assert plan("shop/cart.py", tree, symbol="Cart").test_file == "tests/test_checkout.py"
    assert plan("shop/cart.py", tree, symbol="Missing").test_file is None
    assert plan("shop/cart.py", tree, referring=["tests/test_third.py"]).test_file == "tests/test_third.py"


NEW = [
    ("src/shop/cart.py", {"tests/test_a.py": PY_TEST}, "tests/test_cart.py"),
    (
        "src/shop/web/cart.py",
        {
            "tests/web/test_a.py": PY_TEST,
            "src/shop/web/a.py": "",
            "tests/db/test_b.py": PY_TEST,
            "src/shop/db/b.py": "",
        },
        "tests/web/test_cart.py",
    ),
    (
        "shop/web/cart.py",
        {"tests/shop/db/test_b.py": PY_TEST, "shop/db/b.py": ""},
        "tests/shop/web/test_cart.py",
    ),
    ("shop/cart.py", {"shop/a_test.py": PY_TEST, "shop/a.py": "", "pytest.ini": ""}, "shop/cart_test.py"),
    ("shop/cart.py", {"shop/tests/test_a.py": PY_TEST, "shop/a.py": ""}, "shop/tests/test_cart.py"),
    ("shop/cart.py", {}, "tests/test_cart.py"),
    ("src/cart.ts", {"src/a.ts": "", "src/a.spec.ts": "", "package.json": '"jest":'}, "src/cart.spec.ts"),
    (
        "src/cart.ts",
        {"src/a.ts": "", "src/__tests__/a.test.ts": "", "package.json": '"jest":'},
        "src/__tests__/cart.test.ts",
    ),
    ("lib/cart.js", {"test/a.js": "require('chai')", "lib/a.js": ""}, "test/cart.js"),
    ("a/cart.go", {"go.mod": ""}, "a/cart_test.go"),
    ("src/cart.rs", {"Cargo.toml": ""}, "src/cart.rs"),
    (
        "core/src/main/java/a/b/Cart.java",
        {"pom.xml": "junit-jupiter"},
        "core/src/test/java/a/b/CartTest.java",
    ),
    (
        "src/main/java/a/b/Cart.java",
        {"src/test/java/a/XTests.java": "import org.junit.jupiter.api.Test;", "src/main/java/a/X.java": ""},
        "src/test/java/a/b/CartTests.java",
    ),
    ("lib/shop/cart.rb", {"Gemfile": "gem 'rspec'"}, "spec/shop/cart_spec.rb"),
    (
        "two/lib/cart.rb",
        {
            "one/spec/lib/a_spec.rb": "describe A",
            "one/lib/a.rb": "",
            "two/spec/b_spec.rb": "describe B",
            "two/lib/b.rb": "",
        },
        "two/spec/cart_spec.rb",
    ),
    (
        "src/Shop/Web/Cart.cs",
        {
            "tests/Shop.Tests/Web/ATests.cs": "[Fact]",
            "src/Shop/Web/A.cs": "",
            "tests/Other.Tests/XTests.cs": "[Fact]",
        },
        "tests/Shop.Tests/Web/CartTests.cs",
    ),
    (
        "include/cart.h",
        {"test/a-test.cc": '#include "gtest/gtest.h"', "include/a.h": ""},
        "test/cart-test.cc",
    ),
    ("lib/shop/cart.ex", {"mix.exs": ""}, "test/shop/cart_test.exs"),
    ("cart.py", {"tests/test_x.py": PY_TEST}, "tests/test_cart.py"),
]


@pytest.mark.parametrize(("target", "tree", "new_file"), NEW)
def test_a_new_test_file_follows_the_others(target: str, tree: dict[str, str], new_file: str) -> None:
    found = plan(target, tree)
    assert (found.test_file, found.new_file) == (None, new_file)


def test_a_new_file_takes_no_name_that_is_taken() -> None:
    tree = {"tests/helpers/test_cart.py": "", "tests/test_x.py": PY_TEST}
    paths = {**tree, "tests/test_cart.py": "# no test of ours"}
    found = plan_tests("shop/cart.py", [*paths, "shop/cart.py"], paths.get)
    assert found is not None
    assert found.test_file == "tests/test_cart.py"
    assert found.new_file is None


COMMANDS = [
    ("shop/cart.py", {"tests/test_cart.py": PY_TEST}, "python -m pytest tests/test_cart.py"),
    ("shop/cart.py", {"tests/test_cart.py": CASE}, "python -m unittest tests.test_cart"),
    ("a b/cart.py", {"a b/test_cart.py": PY_TEST}, "python -m pytest 'a b/test_cart.py'"),
    ("a/cart.go", {"a/cart_test.go": GO_TEST}, "go test ./a"),
    ("src/main/java/a/B.java", {"pom.xml": "junit-jupiter"}, "mvn -Dtest=BTest test"),
    ("src/main/java/a/B.java", {"build.gradle": "useJUnitPlatform()"}, "./gradlew test --tests BTest"),
    (
        "app/cart.rb",
        {"bin/rails": "", "test/cart_test.rb": "require 'test_helper'"},
        "bin/rails test test/cart_test.rb",
    ),
]


@pytest.mark.parametrize(("target", "tree", "command"), COMMANDS)
def test_the_command_runs_the_file(target: str, tree: dict[str, str], command: str) -> None:
    assert plan(target, tree).command == command


def test_the_nearest_test_shows_the_style() -> None:
    tree = {"tests/test_far.py": PY_TEST, "shop/tests/test_near.py": PY_TEST}
    assert plan("shop/cart.py", tree).sample == "shop/tests/test_near.py"


@pytest.mark.parametrize("target", ["README.md", "data.json", "Makefile"])
def test_what_is_no_code_has_no_plan(target: str) -> None:
    assert plan_tests(target, [target], {target: ""}.get) is None


def test_unreadable_files_are_no_obstacle() -> None:
    found = plan_tests("a.py", ["a.py", "tests/test_b.py", "pyproject.toml"], lambda path: None)
    assert found is not None
    assert found.framework == OWN_WAY
