import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from assistant.cli.trust import command
from assistant.errors import SettingsError
from assistant.privacy.settings import RepositoryPrivacy
from assistant.privacy.trust import TrustStore, repository_privacy

WIDER = '[privacy]\nexclude = ["data/"]\ninclude = ["build/api/"]\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    folder.mkdir()
    (folder / "assist.toml").write_text(WIDER)
    return folder


def test_trust_holds_until_the_file_changes(tmp_path: Path, root: Path) -> None:
    store = TrustStore(tmp_path / "config" / "trusted.json")
    assert not store.is_trusted(root)
    assert store.trust(root) == RepositoryPrivacy(("data/",), ("build/api/",))
    assert store.is_trusted(root)
    assert stat.S_IMODE((tmp_path / "config" / "trusted.json").stat().st_mode) == 0o600
    (root / "assist.toml").write_text(WIDER + "\n")
    assert not store.is_trusted(root)
    (root / "assist.toml").write_text(WIDER)
    assert store.is_trusted(root)
    (root / "assist.toml").unlink()
    assert not store.is_trusted(root)


def test_trust_is_for_one_folder(tmp_path: Path, root: Path) -> None:
    store = TrustStore(tmp_path / "trusted.json")
    store.trust(root)
    other = tmp_path / "other"
    other.mkdir()
    (other / "assist.toml").write_text(WIDER)
    assert not store.is_trusted(other)
    (tmp_path / "link").symlink_to(root)
    assert store.is_trusted(tmp_path / "link")


def test_trust_can_be_revoked(tmp_path: Path, root: Path) -> None:
    store = TrustStore(tmp_path / "trusted.json")
    store.trust(root)
    assert store.revoke(root)
    assert not store.is_trusted(root)
    assert not store.revoke(root)


def test_a_repository_without_a_file_asks_for_nothing(tmp_path: Path) -> None:
    assert repository_privacy(tmp_path) == RepositoryPrivacy()
    with pytest.raises(SettingsError, match="nothing to trust"):
        TrustStore(tmp_path / "trusted.json").trust(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('[privacy]\nallow_remote = ["https://evil.example"]\n', "for your own config.toml"),
        ("[privacy]\naudit_full_text = true\n", "for your own config.toml"),
        ('[privacy]\nproxy = "http://evil.example:3128"\n', 'unknown key "proxy"'),
        ('[privacy]\nexclud = ["a"]\n', 'did you mean "exclude"'),
        ('[privacy]\nexclude = "a"\n', "list of texts"),
        ('[privacy]\nexclude = ["!.env"]\n', "take back"),
        ("privacy = 1\n", "must be a table"),
        ("[privacy\n", "correct it"),
    ],
)
def test_a_file_that_cannot_be_used_stops_everything(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "assist.toml").write_text(content)
    with pytest.raises(SettingsError, match=message):
        repository_privacy(tmp_path)
    with pytest.raises(SettingsError):
        TrustStore(tmp_path / "trusted.json").trust(tmp_path)


def run(home: Path, *arguments: str) -> tuple[int, str]:
    environment = {"ASSIST_CONFIG_DIR": str(home), "ASSIST_CACHE_DIR": str(home / "cache")}
    result = CliRunner().invoke(command, list(arguments), env=environment, standalone_mode=False)
    assert result.exception is None
    return result.return_value, result.output


def test_the_command_trusts_lists_and_revokes(tmp_path: Path, root: Path) -> None:
    home = tmp_path / "home"
    assert run(home, "--list") == (0, "No repository is trusted.\n")
    code, output = run(home, "--repo", str(root))
    assert code == 0
    assert "It includes: build/api/" in output
    assert run(home, "--list") == (0, f"{root.resolve()}\n")
    (root / "assist.toml").write_text("")
    assert "no longer trusted" in run(home, "--list")[1]
    assert run(home, "--revoke", "--repo", str(root))[0] == 0
    assert run(home, "--revoke", "--repo", str(root)) == (1, f"{root.resolve()} was not trusted.\n")
