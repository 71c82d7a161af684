import datetime
from pathlib import Path

import pytest

from assistant.copies.licences import Confidence, LicenceFinding
from assistant.copies.policy import Policies, Verdict, policy_for
from assistant.errors import SettingsError
from assistant.settings import load_settings

TODAY = datetime.date(2026, 6, 1)
ALLOW, REVIEW, DENY = Verdict.ALLOW, Verdict.REVIEW, Verdict.DENY


def policies(tmp_path: Path, user: str = "", repository: str = "") -> Policies:
    (tmp_path / "config").mkdir(exist_ok=True)
    (tmp_path / "repo").mkdir(exist_ok=True)
    (tmp_path / "config/config.toml").write_text(user, encoding="utf-8")
    (tmp_path / "repo/assist.toml").write_text(repository, encoding="utf-8")
    settings = load_settings(
        {"ASSIST_CONFIG_DIR": str(tmp_path / "config"), "ASSIST_CACHE_DIR": str(tmp_path / "cache")}
    )
    return policy_for(tmp_path / "repo", settings)


@pytest.mark.parametrize(
    ("expression", "verdict"),
    [
        ("MIT", ALLOW),
        ("MPL-2.0", REVIEW),
        ("GPL-3.0-only", DENY),
        ("AGPL-3.0-or-later", DENY),
        ("BUSL-1.1", DENY),
        ("MIT AND GPL-3.0-only", DENY),
        ("MIT OR GPL-3.0-only", ALLOW),
        ("(MIT OR GPL-3.0-only) AND MPL-2.0", REVIEW),
        ("MIT AND LicenseRef-unknown", REVIEW),
        ("MIT OR LicenseRef-house", ALLOW),
        ("GPL-3.0-only AND LicenseRef-unknown", DENY),
        ("NOASSERTION", REVIEW),
        ("no expression at all", REVIEW),
        ("GPL-2.0-only WITH Classpath-exception-2.0", DENY),
        ("Apache-2.0 WITH LLVM-exception", ALLOW),
    ],
)
def test_the_default_policy(tmp_path: Path, expression: str, verdict: Verdict) -> None:
    assert policies(tmp_path).judge(LicenceFinding(expression, Confidence.SURE)).verdict is verdict


STATED = """[copies]
allow = ["permissive", "GPL-2.0-only WITH Classpath-exception-2.0", "LicenseRef-house", "MPL-2.0"]
review = ["strong-copyleft", "ISC"]
deny = ["BSD-4-Clause", "Network Copyleft"]
unknown = "deny"
"""


@pytest.mark.parametrize(
    ("expression", "verdict"),
    [
        ("MIT", ALLOW),
        ("ISC", REVIEW),
        ("BSD-4-Clause", DENY),
        ("GPL-2.0-only", REVIEW),
        ("GPL-2.0-only WITH Classpath-exception-2.0", ALLOW),
        ("MPL-2.0", ALLOW),
        ("LGPL-2.1-only", REVIEW),
        ("LicenseRef-house", ALLOW),
        ("AGPL-3.0-only", DENY),
        ("NOASSERTION", DENY),
        ("MIT AND LicenseRef-unknown", DENY),
    ],
)
def test_an_identifier_counts_before_its_category(tmp_path: Path, expression: str, verdict: Verdict) -> None:
    assert policies(tmp_path, STATED).judge(expression).verdict is verdict


def test_the_strictest_list_counts(tmp_path: Path) -> None:
    found = policies(tmp_path, '[copies]\nallow = ["MIT"]\ndeny = ["MIT"]\n')
    assert found.judge("MIT").verdict is DENY


STRICT, LAX = '[copies]\ndeny = ["permissive"]\n', '[copies]\nallow = ["permissive", "strong-copyleft"]\n'


@pytest.mark.parametrize(
    ("user", "repository", "verdicts"),
    [
        (STRICT, LAX, (DENY, DENY)),
        (LAX, STRICT, (DENY, DENY)),
        (LAX, "", (ALLOW, ALLOW)),
        ("", LAX, (ALLOW, ALLOW)),
    ],
)
def test_a_repository_can_only_be_stricter_than_what_the_user_states(
    tmp_path: Path, user: str, repository: str, verdicts: tuple[Verdict, Verdict]
) -> None:
    found = policies(tmp_path, user, repository)
    assert (found.judge("MIT").verdict, found.judge("GPL-3.0-only").verdict) == verdicts


EXCEPTIONS = """[copies]
deny = ["strong-copyleft"]

[[copies.exceptions]]
package = "left-*"
licence = "GPL-3.0"
reason = "we bought a licence"
expires = 2026-06-01

[[copies.exceptions]]
path = "src/vendor/*.c"
verdict = "review"
reason = "being replaced"
"""


@pytest.mark.parametrize(
    ("package", "path", "licence", "day", "verdict"),
    [
        ("Left-Pad", "", "GPL-3.0-only", 0, ALLOW),
        ("left-pad", "", "GPL-3.0-only", 1, DENY),
        ("left-pad", "", "GPL-2.0-only", 0, DENY),
        ("right-pad", "", "GPL-3.0-only", 0, DENY),
        ("", "src/vendor/deep/a.c", "GPL-2.0-only", 900, REVIEW),
        ("", "src/a.c", "GPL-2.0-only", 0, DENY),
        ("", "", "GPL-3.0-only", 0, DENY),
    ],
)
def test_exceptions(
    tmp_path: Path, package: str, path: str, licence: str, day: int, verdict: Verdict
) -> None:
    today = TODAY + datetime.timedelta(days=day)
    assert policies(tmp_path, EXCEPTIONS).judge(licence, package, path, today).verdict is verdict


def test_reasons_name_the_file_and_an_expired_exception_is_said(tmp_path: Path) -> None:
    found = policies(tmp_path, EXCEPTIONS)
    assert found.judge("GPL-3.0-only", "left-pad", today=TODAY).reason == (
        "config.toml: exception for left-*: we bought a licence, until 2026-06-01"
    )
    late = found.judge("GPL-3.0-only", "left-pad", today=TODAY + datetime.timedelta(days=1))
    assert late.reason == "config.toml: GPL-3.0-only is strong-copyleft"
    assert late.notes == ("the exception for left-* expired on 2026-06-01 (config.toml)",)


RULE = '[[copies.exceptions]]\npackage = "x"\nreason = "r"\n'
WRONG = [
    ('[copies]\nalow = ["MIT"]\n', 2, 'unknown key "alow" in [copies]; did you mean "allow"?'),
    ('[copies]\nallow = ["permisive"]\n', 2, 'did you mean "permissive"?'),
    ('[copies]\n\nallow = [\n  "MIT",\n  "Nonsense",\n]\n', 5, '"Nonsense" under "allow"'),
    ('[copies]\nallow = ["MIT OR ISC"]\n', 2, "list each licence by itself"),
    ('[copies]\nallow = ["unknown"]\n', 2, 'write unknown = "review" or "deny"'),
    ("[copies]\nallow = 'MIT'\n", 2, "must be a list of texts"),
    ("[copies]\nallow = [1]\n", 2, "must be a list of texts"),
    ('[copies]\nunknown = "allow"\n', 2, 'must be "review" or "deny"'),
    ("[copies]\nexceptions = 3\n", 2, "write exceptions as [[copies.exceptions]]"),
    (RULE + "expire = 2026-01-01\n", 4, 'did you mean "expires"?'),
    (RULE + 'expires = "soon"\n', 4, "must be a date such as 2027-01-31"),
    (RULE + 'verdict = "fine"\n', 4, "must be one of allow, review, deny"),
    (RULE + 'licence = "Nonsense"\n', 4, "is no SPDX expression"),
    (RULE + "path = 3\n", 4, '"path" in exception 1'),
    ('[[copies.exceptions]]\nreason = "r"\n', 1, 'needs a "package" or a "path"'),
    ('[[copies.exceptions]]\npackage = "x"\n', 1, 'needs a "reason"'),
]


@pytest.mark.parametrize(("text", "line", "message"), WRONG)
@pytest.mark.parametrize("where", ["user", "repository"])
def test_a_malformed_policy_is_named_with_file_and_line(
    tmp_path: Path, text: str, line: int, message: str, where: str
) -> None:
    with pytest.raises(SettingsError) as raised:
        policies(tmp_path, **{where: "# first\n" + text})
    file = "config.toml" if where == "user" else "assist.toml"
    assert f"{file}, line {line + 1}: " in str(raised.value)
    assert message in str(raised.value)


def test_a_policy_in_no_table_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match='"copies" must be a section'):
        policies(tmp_path, repository="copies = 3\n")
