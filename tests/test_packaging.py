"""The wheel, built as a release builds it: what it holds, says of itself, and that it runs on its own."""

import subprocess
import sys
import tomllib
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAX_WHEEL_BYTES = 15 * 1024 * 1024
PACKAGES = ("assistant", "indexer", "lsp")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build with the installed hatchling: no network, nothing written into the work tree."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def read(wheel: Path, suffix: str) -> str:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(suffix)]
        return archive.read(name).decode("utf-8")


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    return Parser().parsestr(read(wheel, ".dist-info/METADATA"))


def tracked_files(folder: str) -> set[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", folder], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    return {name for name in listed.split("\0") if name and (ROOT / name).is_file()}


@pytest.mark.parametrize("package", PACKAGES)
def test_holds_every_tracked_file_of_the_package(names: set[str], package: str) -> None:
    tracked = tracked_files(package)
    assert f"{package}/py.typed" in tracked
    assert tracked - names == set()


def test_holds_the_semantic_model(names: set[str]) -> None:
    on_disk = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "indexer/embedding/model").rglob("*")
        if path.is_file()
    }
    assert any(name.endswith(".safetensors") for name in on_disk)
    assert on_disk - names == set()


def test_holds_nothing_but_the_packages_and_its_metadata(names: set[str]) -> None:
    roots = {name.split("/", 1)[0] for name in names}
    dist_info = {root for root in roots if root.endswith(".dist-info")}
    assert len(dist_info) == 1
    assert roots - dist_info == set(PACKAGES)
    assert [name for name in names if "__pycache__" in name or name.endswith(".pyc")] == []


def test_is_small_enough_to_install_everywhere(wheel: Path) -> None:
    assert wheel.stat().st_size < MAX_WHEEL_BYTES
    assert wheel.name.endswith("-py3-none-any.whl")


def test_states_licence_name_and_python(metadata: Message) -> None:
    assert metadata["Name"] == "repo-assist"
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata.get_all("License-File") == ["LICENSE"]
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["Description-Content-Type"] == "text/markdown"


def test_requires_what_pyproject_names_and_never_torch(metadata: Message) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    required = metadata.get_all("Requires-Dist", [])
    default = [line for line in required if "extra ==" not in line]
    assert sorted(default) == sorted(project["dependencies"])
    assert metadata.get_all("Provides-Extra") == sorted(project["optional-dependencies"])
    assert [line for line in default if line.startswith(("torch", "sentence-transformers"))] == []


def test_installs_the_command(wheel: Path) -> None:
    assert "assist = assistant.cli:main" in read(wheel, ".dist-info/entry_points.txt").splitlines()


def test_answers_on_its_own(wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The unpacked wheel indexes a folder and finds a file, its code and its model taken from the wheel."""
    unpacked, repository = tmp_path / "site", tmp_path / "repository"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(unpacked)
    repository.mkdir()
    (repository / "reader.py").write_text('def parse_pdf(path):\n    """Parse a PDF document."""\n')
    for variable in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "LOCALAPPDATA", "APPDATA"):
        monkeypatch.setenv(variable, str(tmp_path / "user"))
    program = (
        "import sys; sys.path.insert(0, sys.argv.pop(1))\n"
        "import assistant; from indexer.embedding.static import SHIPPED_MODEL\n"
        "print(assistant.__file__, SHIPPED_MODEL, sep='\\n', file=sys.stderr)\n"
        "from assistant.cli import main; sys.exit(main())\n"
    )
    # -I: neither the current folder nor PYTHONPATH; an editable install comes after the unpacked wheel.
    command = [sys.executable, "-I", "-c", program, str(unpacked), "search", "where are PDFs parsed?"]
    done = subprocess.run(command, cwd=repository, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    sources = [Path(line) for line in done.stderr.splitlines()[:2]]
    assert [source.is_relative_to(unpacked) for source in sources] == [True, True]
    assert "reader.py" in done.stdout


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-build.lock", "requirements-dev.lock"])
def test_locks_hold_only_versions_and_hashes(lock: str) -> None:
    """No index, host, local path or credential: a lock must install the same bytes from any mirror."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    pins = [line for line in text.splitlines() if line and not line.startswith(("#", " "))]
    assert pins
    assert [line for line in pins if "==" not in line] == []
    assert [line for line in text.splitlines() if "://" in line or "@" in line or "/" in line] == []
    assert [line for line in pins if line.startswith(("torch==", "nvidia-", "triton=="))] == []
    assert text.count("--hash=sha256:") >= len(pins)


def test_locks_cover_the_declared_dependencies() -> None:
    document = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    pinned = {
        lock: {
            line.split("==")[0]
            for line in (ROOT / lock).read_text(encoding="utf-8").splitlines()
            if "==" in line
        }
        for lock in ("requirements.lock", "requirements-dev.lock")
    }
    runtime = {line.split(">=")[0] for line in document["project"]["dependencies"]}
    development = {
        line.split(">=")[0] for line in document["dependency-groups"]["dev"] if isinstance(line, str)
    }
    assert runtime - pinned["requirements.lock"] == set()
    assert (runtime | development) - pinned["requirements-dev.lock"] == set()
