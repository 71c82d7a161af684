"""The SARIF log: what code-scanning services require of it."""

import json
import re
from pathlib import Path

import pytest

from assistant.copies.check import CopyChecker
from assistant.copies.sarif import sarif_log
from tests.assistant.copies.copy_support import FROTH, INFUSE, MINE, checker_of, workspace


@pytest.fixture
def checker(tmp_path: Path) -> CopyChecker:
    return checker_of(tmp_path, workspace(tmp_path))


def test_a_result_has_rule_places_and_fingerprint(checker: CopyChecker, tmp_path: Path) -> None:
    findings = checker.check(MINE + INFUSE, "src/a b.py") + checker.check(FROTH, "web/froth.js")
    log = json.loads(json.dumps(sarif_log(findings)))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["helpUri"].startswith("https://")
        assert rule["shortDescription"]["text"]
    assert [result["level"] for result in run["results"]] == ["note", "error"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        (place,) = result["locations"]
        assert not re.search(r"^/|\\| ", place["physicalLocation"]["artifactLocation"]["uri"])
        region = place["physicalLocation"]["region"]
        assert 1 <= region["startLine"] <= region["endLine"]
        assert region["snippet"]["text"].count("\n") == region["endLine"] - region["startLine"]
        assert result["relatedLocations"]
        assert re.fullmatch(r"[0-9a-f]{32}", result["partialFingerprints"]["copiedPassage/v1"])
    assert str(tmp_path) not in json.dumps(log)


def test_fingerprints_survive_moves_and_white_space(checker: CopyChecker) -> None:
    def fingerprint(text: str) -> str:
        (result,) = sarif_log(checker.check(text, "src/tea.py"))["runs"][0]["results"]
        found: str = result["partialFingerprints"]["copiedPassage/v1"]
        return found

    assert fingerprint(MINE + INFUSE) == fingerprint("\n\n" + INFUSE)
    assert fingerprint(MINE + INFUSE) != fingerprint(MINE + INFUSE.replace("minutes=3", "minutes=4"))


def test_an_accepted_copy_is_suppressed_in_source(checker: CopyChecker) -> None:
    (finding,) = checker.check(f"// assist: copied-ok bought\n{FROTH}", "web/froth.js")
    (result,) = sarif_log([finding])["runs"][0]["results"]
    assert result["suppressions"] == [{"kind": "inSource", "justification": "bought"}]
