"""Whose code it is: own repositories, forks and packages do not alarm; names and addresses are recognised."""

from pathlib import Path

import pytest

from assistant.copies.corpora.addresses import repository_of, repository_of_short
from assistant.copies.corpora.facts import Facts
from assistant.copies.corpora.own import exclude_own, identity_of, is_file, is_own, vendored_by
from assistant.copies.corpora.selection import may_hold_code
from indexer.fingerprints.model import Origin, Place
from tests.assistant.cli_support import write_files
from tests.indexer.discovery_trees import git, make_repository


def place(key: str, path: str = "a.py", family: str = "", root: str = "") -> Place:
    return Place(Origin(key, "name", family=family, root=root), path)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    manifests = {
        "pyproject.toml": '[project]\nname = "Tea.Pot"\n',
        "package.json": '{"name": "@tea/pot"}',
        "go.mod": "module example.org/tea\n",
        "Cargo.toml": '[package]\nname = "teapot"\n',
    }
    root = make_repository(tmp_path / "tea", {"a.py": "a = 1\n", **manifests})
    git(root, "remote", "add", "origin", "git@github.com:Tea/Pot.git")
    return root


def test_own_code_in_every_guise_is_excluded_and_nothing_else(repository: Path, tmp_path: Path) -> None:
    oldest = git(repository, "rev-list", "--max-parents=0", "HEAD").decode().strip()
    excluded = exclude_own(lambda: identity_of(repository), [repository, tmp_path / "second"])
    own = [
        place(f"own:{repository}"),
        place("own:/another"),
        place("git:/clone", family="github.com/tea/pot"),
        place("history:/fork", family=f"git:{oldest}"),
        place("pypi:tea-pot@1.0:/site"),
        place("npm:@tea/pot@1.0.0:/modules"),
        place("go:example.org/tea@v1:/cache"),
        place("cargo:teapot@1.0:/registry"),
        place(f"folder:{tmp_path}", "tea/src/b.py"),
        place(f"git:{tmp_path}/second"),
    ]
    fork = Facts(oldest_commit=oldest).to_json()
    own.append(Place(Origin("history:/f", "f", family="github.com/me/fork", facts=fork), "1a2b:a.py"))
    others = [
        place("pypi:tea-pot-extra@1.0:/site"),
        place("pypi:requests@2:/site", family="github.com/psf/requests"),
        place(f"folder:{tmp_path}", "third/src/b.py"),
        place(
            f"pypi:six@1:{repository}/.venv/lib/site-packages", root=f"{repository}/.venv/lib/site-packages"
        ),
        place("git:/elsewhere"),
        place(f"git:{repository}", "vendor/x/a.go"),
    ]
    assert [item.origin.key for item in own if not excluded(item)] == []
    assert [item.origin.key for item in others if excluded(item)] == []


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("pip/_vendor/tea_pot/api.py", True),
        ("pip/_vendor/tea_pot.py", True),
        ("server/node_modules/@tea/pot/index.js", True),
        ("vendor/example.org/tea/brew.go", True),
        ("pip/_vendor/tea_pot_extra/api.py", False),
        ("pip/_vendor/six/tea_pot/api.py", False),
        ("pip/tea_pot/api.py", False),
    ],
)
def test_own_package_that_another_carries_along_is_excluded(
    repository: Path, path: str, expected: bool
) -> None:
    excluded = exclude_own(lambda: identity_of(repository), [repository])
    assert excluded(place("pypi:pip@26.3:/site", path)) is expected
    assert excluded(place("git:/elsewhere", path)) is expected


def test_a_workspace_without_anything_to_know_it_by(tmp_path: Path) -> None:
    identity = identity_of(tmp_path)
    assert (identity.families, identity.packages) == (frozenset(), ())
    assert not exclude_own(lambda: identity, [tmp_path])(place("pypi:six@1:/site"))


@pytest.mark.parametrize("content", ["[", "\0", "project = 1\n", '[project]\nname = ["a"]\n', "{" * 3000])
def test_manifests_that_are_nonsense_name_nothing(tmp_path: Path, content: str) -> None:
    write_files(tmp_path, dict.fromkeys(("pyproject.toml", "Cargo.toml", "package.json", "go.mod"), content))
    assert identity_of(tmp_path).packages == ()


def test_a_place_is_own_or_the_file_itself(tmp_path: Path) -> None:
    here = place(f"own:{tmp_path}", "src/a.py", root=str(tmp_path))
    assert is_own(here)
    assert not is_own(place("folder:/own"))
    assert is_file(here, tmp_path, "src/a.py")
    assert not is_file(here, tmp_path, "src/b.py")
    assert not is_file(place("history:/x", "a.py"), Path(), "a.py")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("vendor/x/a.go", True),
        ("src/_vendor/six.py", True),
        ("third_party/a.c", True),
        ("src/copied/a.py", True),
        ("src/a.py", False),
        ("libs/keep/a.py", False),
        ("libs/zlib/a.c", True),
    ],
)
def test_vendored_folders_are_usual_ones_and_declared_ones(path: str, expected: bool) -> None:
    assert vendored_by(["src/copied/", "libs/*", "!libs/keep"])(path) is expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://github.com/Psf/Requests", "github.com/psf/requests"),
        ("https://www.github.com/psf/requests.git", "github.com/psf/requests"),
        ("https://github.com/psf/requests/tree/main/src#readme", "github.com/psf/requests"),
        ("git+ssh://git@github.com/psf/requests.git", "github.com/psf/requests"),
        ("git@gitlab.com:a/b.git", "gitlab.com/a/b"),
        ("github.com/Azure/tea", "github.com/azure/tea"),
        ("https://user:secret@github.com/a/b", "github.com/a/b"),
        ("https://github.com/sponsors/a", ""),
        ("https://notgithub.com/a/b", ""),
        ("https://example.org/a/b", ""),
        ("https://github.com/", ""),
        ("", ""),
    ],
)
def test_addresses_of_repositories(address: str, expected: str) -> None:
    assert repository_of(address) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("a/b", "github.com/a/b"),
        ("gitlab:a/b", "gitlab.com/a/b"),
        ("github:a/b#v1", "github.com/a/b"),
        ("git://github.com/a/b.git", "github.com/a/b"),
        ("gist:123", ""),
    ],
)
def test_addresses_that_npm_takes(address: str, expected: str) -> None:
    assert repository_of_short(address) == expected


@pytest.mark.parametrize(
    ("path", "size", "expected"),
    [
        ("a.py", 10, True),
        ("dist/index.js", 10, True),
        ("App.vue", 10, True),
        ("bin/tool", 10, True),
        ("bin/tool", 1_000_000, False),
        ("a.min.js", 10, False),
        ("a_pb2.py", 10, False),
        ("generated/a.py", 10, False),
        ("README.md", 10, False),
        ("LICENSE", 10, False),
        ("package.json", 10, False),
        ("package-lock.json", 10, False),
        ("a.png", 10, False),
        (".gitignore", 10, False),
    ],
)
def test_what_may_hold_code(path: str, size: int, expected: bool) -> None:
    assert may_hold_code(path, size) is expected


def test_facts_survive_the_store_and_nonsense_is_no_error() -> None:
    facts = Facts(licence="MIT", confidence="sure", copyrights="(c) ä\n(c) b", kind="python")
    assert Facts.from_json(facts.to_json()) == facts
    assert Facts().to_json() == ""
    for text in ("", "{", "[]", "null", '{"licence": 1, "unknown": "x"}', "[" * 100_000):
        assert Facts.from_json(text) == Facts()
