import stat
from pathlib import Path

import pytest

from assistant.privacy.consent import Consents
from assistant.privacy.content import FileOrigin, Manifest
from assistant.privacy.errors import ConsentError

MANIFEST = Manifest((FileOrigin(Path("/r"), "a.py", 1, 9),), (), {"password": 1}, 3_200)
URL = "https://llm.example/v1"


def test_the_screen_is_short_and_says_what_whom_and_how_to_look(tmp_path: Path) -> None:
    consents = Consents(tmp_path / "consents.json")
    screen = consents.screen(URL, "work", MANIFEST, "http://proxy.example:3128")
    assert len(screen.split()) < 150
    for words in (
        "https://llm.example:443",
        '"work"',
        "proxy.example:3128",
        "3.2 kB",
        "--show-context",
        "assist audit",
        "consents.json",
    ):
        assert words in screen


def test_a_yes_is_remembered_for_the_host_and_asked_once(tmp_path: Path) -> None:
    file = tmp_path / "config" / "consents.json"
    asked: list[str] = []

    def yes(screen: str) -> bool:
        asked.append(screen)
        return True

    Consents(file).ask(URL, "work", MANIFEST, yes)
    Consents(file).ask("https://llm.example:443/other", "work", MANIFEST, yes)
    assert len(asked) == 1
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    Consents(file).require(URL)
    for other in ("http://llm.example/v1", "https://llm.example:8443/v1", "https://llm.example.evil.org/v1"):
        assert not Consents(file).is_given(other)


def test_a_no_is_an_error_and_is_not_remembered(tmp_path: Path) -> None:
    consents = Consents(tmp_path / "consents.json")
    with pytest.raises(ConsentError, match="nothing was sent"):
        consents.ask(URL, "work", MANIFEST, lambda screen: False)
    assert not consents.is_given(URL)


def test_without_an_answer_the_setting_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConsentError, match=r'allow_remote = \["https://llm\.example"\]'):
        Consents(tmp_path / "consents.json").require(URL)
    with pytest.raises(ConsentError, match=r'allow_remote = \["http://10\.0\.0\.7:8080"\]'):
        Consents(tmp_path / "consents.json").require("http://10.0.0.7:8080/v1")


def test_the_setting_and_this_machine_need_no_question(tmp_path: Path) -> None:
    consents = Consents(tmp_path / "consents.json", frozenset({"https://llm.example:443"}))
    consents.require(URL)
    for url in ("http://127.0.0.1:8080/v1", "http://localhost:11434", "http://[::1]:8080"):
        consents.require(url)
    assert not consents.is_given("http://127.0.0.1.evil.org/v1")


def test_a_damaged_file_means_that_nobody_agreed(tmp_path: Path) -> None:
    file = tmp_path / "consents.json"
    file.write_text("{broken")
    assert not Consents(file).is_given(URL)
    Consents(file).give(URL)
    assert Consents(file).is_given(URL)
