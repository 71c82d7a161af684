"""What is installed for a workspace is found by metadata alone, whatever that metadata says."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from assistant.copies.corpora.installed import environments_of, installed_sources, installed_stamp
from assistant.copies.corpora.model import FileContent, Source
from indexer.discovery import DiscoveryRules
from tests.assistant.cli_support import write_files
from tests.assistant.copies.corpora.test_archives import make_zip

RULES = DiscoveryRules()
CODE = "def pool(size):\n    return [None] * size\n"


def found(root: Path, **environ: str) -> dict[str, Source]:
    sources = installed_sources(
        root, environments_of((), environ), {"HOME": str(root / "home"), **environ}, RULES
    )
    return {f"{source.info.name}@{source.info.version}": source for source in sources}


def files(source: Source) -> dict[str, str]:
    items = source.contents(lambda path, stamp: False)
    return {item.path: (item.raw or b"").decode() for item in items if isinstance(item, FileContent)}


def licence(source: Source) -> str:
    context = source.licences()
    assert context is not None
    return context.finding().expression


def site_packages(root: Path, name: str = ".venv") -> Path:
    write_files(root / name, {"pyvenv.cfg": "home = /usr\n"})
    site = root / name / "lib" / "python3.12" / "site-packages"
    site.mkdir(parents=True)
    return site


def install(site: Path, name: str, version: str, modules: Iterable[str], metadata: str = "") -> None:
    info = f"{name}-{version}.dist-info"
    record = [*modules, f"{info}/METADATA", f"{info}/RECORD"]
    write_files(
        site,
        {
            **dict.fromkeys(modules, CODE),
            f"{info}/METADATA": f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n{metadata}\n\nText\n",
            f"{info}/RECORD": "".join(f"{path},,\n" for path in record),
        },
    )


def test_python_packages_with_their_files_licence_and_family(tmp_path: Path) -> None:
    site = site_packages(tmp_path)
    metadata = "License-Expression: MIT OR Apache-2.0\nProject-URL: Source, https://github.com/Tea/Pot.git"
    install(site, "Tea.Pot", "1.2", ["teapot/a.py", "teapot/b/c.py"], metadata)
    (source,) = found(tmp_path).values()
    assert source.info.key == f"pypi:tea-pot@1.2:{site}"
    assert source.info.family == "github.com/tea/pot"
    assert files(source) == {"teapot/a.py": CODE, "teapot/b/c.py": CODE}
    assert licence(source) == "MIT OR Apache-2.0"


def test_a_real_package_that_pip_installed(tmp_path: Path) -> None:
    """As pip lays it out: made from a wheel of our own, without a network."""
    wheel = make_zip(
        tmp_path / "tea-1.0-py3-none-any.whl",
        {
            "tea/__init__.py": CODE.encode(),
            "tea-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: tea\nVersion: 1.0\nLicense: MIT\n",
            "tea-1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            "tea-1.0.dist-info/RECORD": b"tea/__init__.py,,\n",
        },
    )
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "shop" / ".venv"], check=True)
    (site,) = (tmp_path / "shop" / ".venv" / "lib").glob("python*/site-packages")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--no-index",
        "--no-deps",
        "--target",
        str(site),
        str(wheel),
    ]
    done = subprocess.run(pip, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("this environment has no pip")
    (source,) = found(tmp_path / "shop").values()
    assert files(source) == {"tea/__init__.py": CODE}


def test_a_record_that_names_files_elsewhere_gives_none_of_them(tmp_path: Path) -> None:
    site = site_packages(tmp_path)
    outside = write_files(tmp_path / "outside", {"secret.py": "password = 1\n"})
    install(site, "tea", "1", ["tea.py"])
    (site / "link.py").symlink_to(outside / "secret.py")
    record = site / "tea-1.dist-info" / "RECORD"
    deep = "../" * 9
    record.write_text(
        f"tea.py,,\n../../../../outside/secret.py,,\n{outside}/secret.py,,\n{deep}etc/hosts.py,,\nlink.py,,\n"
        'a\0b.py,,\n"unclosed,,\n'
    )
    assert files(found(tmp_path)["tea@1"]) == {"tea.py": CODE}


def test_an_editable_package_gives_no_files(tmp_path: Path) -> None:
    install(site_packages(tmp_path), "tea", "1", [])
    assert files(found(tmp_path)["tea@1"]) == {}


def test_an_old_egg_without_a_record_gives_the_modules_it_names(tmp_path: Path) -> None:
    site = site_packages(tmp_path)
    write_files(
        site,
        {
            "old.egg-info/PKG-INFO": "Name: old\nVersion: 0.1\n",
            "old.egg-info/top_level.txt": "old\n../evil\n",
            "old/a.py": CODE,
            "other/b.py": CODE,
        },
    )
    assert files(found(tmp_path)["old@0.1"]) == {"old/a.py": CODE}


@pytest.mark.parametrize("name", [".venv", "venv", "env"])
def test_an_environment_counts_only_with_its_mark(tmp_path: Path, name: str) -> None:
    install(site_packages(tmp_path, name), "tea", "1", ["tea.py"])
    assert list(found(tmp_path)) == ["tea@1"]
    (tmp_path / name / "pyvenv.cfg").unlink()
    assert found(tmp_path) == {}


def test_the_active_environment_counts_and_is_remembered_when_it_is_not_active(tmp_path: Path) -> None:
    install(site_packages(tmp_path / "elsewhere"), "tea", "1", ["tea.py"])
    environment = str(tmp_path / "elsewhere" / ".venv")
    root = tmp_path / "shop"
    root.mkdir()
    assert list(found(root, VIRTUAL_ENV=environment)) == ["tea@1"]
    assert environments_of((environment,), {}) == (environment,)
    assert environments_of((environment, str(tmp_path / "gone")), {"VIRTUAL_ENV": environment}) == (
        environment,
    )


def test_a_package_changes_its_stamp_when_it_is_installed_anew(tmp_path: Path) -> None:
    site = site_packages(tmp_path)
    install(site, "tea", "1", ["tea.py"])
    before = found(tmp_path)["tea@1"].stamp
    assert found(tmp_path)["tea@1"].stamp == before
    install(site, "tea", "1", ["tea.py", "pot.py"])
    assert found(tmp_path)["tea@1"].stamp != before


def test_the_stamp_of_a_workspace_tells_of_new_packages(tmp_path: Path) -> None:
    site = site_packages(tmp_path)
    before = installed_stamp(tmp_path, ())
    assert installed_stamp(tmp_path, ()) == before
    install(site, "tea", "1", ["tea.py"])
    with_package = installed_stamp(tmp_path, ())
    assert with_package != before
    write_files(tmp_path, {"node_modules/tea/package.json": '{"name": "tea"}'})
    assert installed_stamp(tmp_path, ()) != with_package


def package_json(name: str, version: str = "1.0.0", **more: object) -> str:
    return json.dumps({"name": name, "version": version, **more})


def test_node_packages_nested_scoped_and_in_a_monorepo(tmp_path: Path) -> None:
    modules = tmp_path / "node_modules"
    write_files(
        modules,
        {
            "tea/package.json": package_json("tea", license="ISC", repository="github:x/tea"),
            "tea/lib/a.js": "exports.a = 1\n",
            "tea/dist/tea.min.js": "x=1",
            "tea/dist/tea.js": "exports.built = 1\n",
            "tea/node_modules/leaf/package.json": package_json("leaf", "2.0.0"),
            "tea/node_modules/leaf/index.js": "exports.leaf = 1\n",
            "@scope/pot/package.json": package_json("@scope/pot"),
            "@scope/pot/index.ts": "export const pot = 1\n",
            ".bin/tea": "#!/bin/sh\n",
            "broken/package.json": "{",
            "nameless/package.json": "{}",
        },
    )
    write_files(tmp_path / "packages" / "app" / "node_modules" / "own", {"package.json": package_json("own")})
    packages = found(tmp_path)
    assert set(packages) == {"tea@1.0.0", "leaf@2.0.0", "@scope/pot@1.0.0", "own@1.0.0"}
    assert set(files(packages["tea@1.0.0"])) == {"lib/a.js", "dist/tea.js"}
    assert packages["tea@1.0.0"].info.family == "github.com/x/tea"
    assert licence(packages["tea@1.0.0"]) == "ISC"
    assert packages["leaf@2.0.0"].info.root == str(modules / "tea" / "node_modules" / "leaf")


def test_pnpm_keeps_packages_apart_and_links_to_them(tmp_path: Path) -> None:
    store = tmp_path / "node_modules" / ".pnpm"
    write_files(
        store / "tea@1.0.0" / "node_modules" / "tea", {"package.json": package_json("tea"), "a.js": "a()\n"}
    )
    (tmp_path / "node_modules" / "tea").symlink_to(store / "tea@1.0.0" / "node_modules" / "tea")
    (source,) = found(tmp_path).values()
    assert set(files(source)) == {"a.js"}


def test_a_link_out_of_node_modules_is_not_followed(tmp_path: Path) -> None:
    outside = write_files(
        tmp_path / "outside", {"package.json": package_json("outside"), "secret.js": "s()\n"}
    )
    write_files(tmp_path / "shop" / "node_modules" / "tea", {"package.json": package_json("tea")})
    (tmp_path / "shop" / "node_modules" / "outside").symlink_to(outside)
    (tmp_path / "shop" / "node_modules" / "tea" / "secret.js").symlink_to(outside / "secret.js")
    assert {name: files(source) for name, source in found(tmp_path / "shop").items()} == {"tea@1.0.0": {}}


def test_crates_that_are_locked(tmp_path: Path) -> None:
    registry = tmp_path / "cargo" / "registry" / "src" / "index.crates.io-1"
    for name in ("tea-1.0.0", "unused-1.0.0"):
        crate, version = name.rsplit("-", 1)
        manifest = f'[package]\nname = "{crate}"\nversion = "{version}"\nlicense = "MIT/Apache-2.0"\n'
        write_files(registry / name, {"Cargo.toml": manifest, "src/lib.rs": "pub fn tea() {}\n"})
    write_files(tmp_path, {"Cargo.lock": '[[package]]\nname = "tea"\nversion = "1.0.0"\n'})
    (source,) = found(tmp_path, CARGO_HOME=str(tmp_path / "cargo")).values()
    assert (source.info.key, set(files(source))) == (f"cargo:tea@1.0.0:{registry}/tea-1.0.0", {"src/lib.rs"})
    assert licence(source) == "MIT OR Apache-2.0"


def test_go_modules_that_are_summed(tmp_path: Path) -> None:
    cache = tmp_path / "home" / "go" / "pkg" / "mod"
    write_files(cache / "github.com" / "!azure" / "tea@v1.0.0", {"tea.go": "package tea\n"})
    sums = (
        "github.com/Azure/tea v1.0.0 h1:x=\ngithub.com/Azure/tea v1.0.0/go.mod h1:y=\n../../evil v1 h1:z=\n"
    )
    write_files(tmp_path, {"go.sum": sums})
    (source,) = found(tmp_path).values()
    assert (source.info.name, source.info.family) == ("github.com/Azure/tea", "github.com/azure/tea")
    assert set(files(source)) == {"tea.go"}


def test_source_jars_of_maven_where_there_is_a_build(tmp_path: Path) -> None:
    folder = tmp_path / "home" / ".m2" / "repository" / "org" / "tea" / "pot" / "1.0"
    pom = "<project><licenses><license><name>MIT</name></license></licenses></project>"
    write_files(folder, {"pot-1.0.pom": pom})
    make_zip(folder / "pot-1.0-sources.jar", {"org/tea/Pot.java": b"class Pot {}\n"})
    make_zip(folder / "pot-1.0.jar", {"org/tea/Pot.java": b"class Other {}\n"})
    assert found(tmp_path) == {}
    write_files(tmp_path, {"pom.xml": "<project/>"})
    (source,) = found(tmp_path).values()
    assert (source.info.name, source.info.version) == ("org.tea:pot", "1.0")
    assert files(source) == {"org/tea/Pot.java": "class Pot {}\n"}
    assert licence(source) == "MIT"


@pytest.mark.parametrize("name", ["Cargo.lock", "go.sum", "package.json", "pom.xml"])
@pytest.mark.parametrize("content", [b"\xff\xfe\0", b"[" * 5000, b"\0" * 100, b'{"a": '])
def test_nonsense_in_a_workspaces_own_files_finds_nothing(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    write_files(tmp_path / "node_modules" / "x", {"package.json": content})
    site = site_packages(tmp_path)
    write_files(site / "x-1.dist-info", {"METADATA": content, "RECORD": content})
    assert found(tmp_path) == {}
    os.mkfifo(tmp_path / "node_modules" / "x" / "fifo.js")
    assert found(tmp_path) == {}
