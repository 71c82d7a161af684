import os
from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.settings import Settings, load_settings, rules_for
from indexer.discovery import DiscoveryRules


def environ(tmp_path: Path, text: str | None = None) -> dict[str, str]:
    if text is not None:
        (tmp_path / "config").mkdir(exist_ok=True)
        (tmp_path / "config/config.toml").write_text(text, encoding="utf-8")
    return {"ASSIST_CACHE_DIR": str(tmp_path / "cache"), "ASSIST_CONFIG_DIR": str(tmp_path / "config")}


def test_defaults_need_no_file(tmp_path: Path) -> None:
    settings = load_settings(environ(tmp_path))
    assert settings.cache_dir == tmp_path / "cache"
    assert settings.config_file == tmp_path / "config/config.toml"
    assert (settings.rules, settings.embedder) == (DiscoveryRules(), "static")


def test_the_users_folders_are_the_platforms_without_variables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "configs"))
    settings = load_settings({"ASSIST_CACHE_DIR": ""})
    assert settings.cache_dir.is_absolute()
    assert settings.config_file.name == "config.toml"


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_users_file_is_read(tmp_path: Path, mark: str) -> None:
    text = mark + '[index]\nmax_file_bytes = 5\nexclude = ["a", "!b"]\nembedder = "sentence-transformers:x"\n'
    settings = load_settings(environ(tmp_path, text))
    assert settings.rules == DiscoveryRules(max_file_bytes=5, exclude=("a", "!b"))
    assert settings.embedder == "sentence-transformers:x"


WRONG = [
    ("[index\n", "not valid TOML"),
    ("[indx]\n", 'unknown section "indx"; did you mean "index"'),
    ("index = 3\n", "must be a section"),
    ("[index]\nexlude = []\n", 'did you mean "exclude"'),
    ("[index]\nexclude = 'x'\n", "must be a list of texts"),
    ("[index]\nexclude = [1]\n", "must be a list of texts"),
    ("[index]\nmax_file_bytes = true\n", "must be a number"),
    ("[index]\nmax_file_bytes = -1\n", "must not be -1"),
    ("[index]\nmax_file_bytes = 1.5\n", "must be a number"),
    ("x = " + "[" * 5_000, ""),
    ("[index]\nexclude = [" + '"a",' * 1_001 + "]\n", "more than 1,000 entries"),
    ("#" * 300_000, "at most 256,000 bytes"),
    ("\x00", "not valid TOML"),
]


@pytest.mark.parametrize(("text", "says"), [*WRONG, ("[index]\nembedder = ''\n", "must not be ''")])
def test_a_wrong_users_file_is_named_with_what_to_do(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(SettingsError) as raised:
        load_settings(environ(tmp_path, text))
    assert str(tmp_path / "config/config.toml") in str(raised.value)
    assert says in str(raised.value)


@pytest.mark.parametrize(("text", "says"), [*WRONG, ("[index]\nembedder = 'x'\n", 'unknown key "embedder"')])
def test_a_wrong_repositorys_file_is_named_with_what_to_do(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "assist.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as raised:
        rules_for(tmp_path, Settings(tmp_path, tmp_path / "config.toml"))
    assert str(tmp_path / "assist.toml") in str(raised.value)
    assert says in str(raised.value)


def test_bytes_that_are_no_utf8_are_refused(tmp_path: Path) -> None:
    (tmp_path / "assist.toml").write_bytes(b'[index]\nexclude = ["\xff"]\n')
    with pytest.raises(SettingsError, match="not valid TOML"):
        rules_for(tmp_path, Settings(tmp_path, tmp_path / "config.toml"))


@pytest.mark.parametrize("kind", ["folder", "pipe", "device"])
def test_what_is_no_regular_file_is_refused_without_waiting(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "assist.toml"
    if kind == "folder":
        file.mkdir()
    elif kind == "pipe":
        os.mkfifo(file)
    else:
        file.symlink_to("/dev/zero")
    with pytest.raises(SettingsError, match=r"regular file|directory"):
        rules_for(tmp_path, Settings(tmp_path, tmp_path / "config.toml"))


def test_the_users_patterns_have_the_last_word(tmp_path: Path) -> None:
    (tmp_path / "assist.toml").write_text(
        '[index]\nexclude = ["gen/*", "!secret.txt"]\nmax_file_bytes = 9999\n'
    )
    rules = DiscoveryRules(max_file_bytes=100, exclude=("secret.txt",))
    narrowed = rules_for(tmp_path, Settings(tmp_path, tmp_path / "config.toml", rules=rules))
    assert narrowed == DiscoveryRules(max_file_bytes=100, exclude=("gen/*", "!secret.txt", "secret.txt"))


def test_a_repository_may_lower_the_limit(tmp_path: Path) -> None:
    (tmp_path / "assist.toml").write_text("[index]\nmax_file_bytes = 10\n")
    assert rules_for(tmp_path, Settings(tmp_path, tmp_path / "config.toml")).max_file_bytes == 10


def test_no_repositorys_file_changes_nothing(tmp_path: Path) -> None:
    rules = DiscoveryRules(max_file_bytes=7, exclude=("x",))
    assert rules_for(tmp_path, Settings(tmp_path, tmp_path / "config.toml", rules=rules)) == rules
