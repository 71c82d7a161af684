import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.privacy.detection import find_secrets
from assistant.privacy.redaction import Redactor, redact
from benchmarks.planted_secrets import ordinary_lines, planted
from benchmarks.secrets import false_alarms, ordinary_texts, recall

ALNUM = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_RANDOM = random.Random(11)
PASSWORD = "".join(_RANDOM.choice(ALNUM) for _ in range(12)) + "!7q"
KEY = "".join(_RANDOM.choice(ALNUM) for _ in range(32)) + "4"


def pem(label: str, lines: int = 6) -> str:
    body = "\n".join("".join(_RANDOM.choice(ALNUM) for _ in range(64)) for _ in range(lines))
    return f"-----BEGIN {label}-----\n{body}\n-----END {label}-----"


@pytest.mark.parametrize(
    "template",
    [
        'password = "%s"',
        "'password' => '%s',",
        "DB_PASSWORD=%s",
        "const dbPassword: string = `%s`;",
        'char *password = "%s";',
        "define('DB_PASSWORD', '%s');",
        'login("bob", password="%s")',
        "ENV DB_PASSWORD %s",
        'os.environ["DB_PASSWORD"] = "%s"',
        "mysql -u root -p%s db",
        "curl -u bob:%s https://api.corp.net",
        "postgres://bob:%s@db/shop",
        '"{\\"password\\": \\"%s\\"}"',
        "<password>%s</password>",
        '- name: DB_PASSWORD\n  value: "%s"',
        "Server=db;User Id=sa;Password=%s;Encrypt=true",
        "deploy --password %s --wait",
        'user.setPassword("%s");',
        'if password == "%s":',
        "machine x login bob password %s",
        "CREATE USER bob WITH PASSWORD '%s';",
        'variable "db_password" {\n  default = "%s"\n}',
        "my password is %s",
        'auth=("bob", "%s")',
    ],
)
def test_a_password_is_redacted_wherever_it_is_given(template: str) -> None:
    text = template % PASSWORD
    redacted = redact(text)
    assert PASSWORD not in redacted
    assert redacted.replace("<redacted:", "\0").count("\0") == 1
    start, end = template.split("%s")
    assert redacted.startswith(start)
    assert redacted.endswith(end)


@pytest.mark.parametrize(
    "template",
    [
        'api_key = "%s"',
        "X-API-Key: %s",
        "secret_key_base: %s",
        "Authorization: Bearer %s",
        '{"Authorization": "token %s"}',
        "url?api_key=%s&page=1",
        'headers["X-Auth-Token"] = "%s"',
        'webhookSecret: "%s"',
        'setApiKey("%s")',
        "deploy --token %s",
    ],
)
def test_a_key_is_redacted_wherever_it_is_given(template: str) -> None:
    assert KEY not in redact(template % KEY)


@pytest.mark.parametrize(
    "line",
    [
        'password = "changeme"',
        'api_key = "<your key>"',
        "password: ${DB_PASSWORD}",
        'token = os.environ["GITHUB_TOKEN"]',
        "password = get_password(user)",
        "password: str | None = None",
        'password_field = "user_password_1"',
        'token_type = "access_token_v2"',
        'SECRET_PATH = "/run/secrets/db_password"',
        '"password": "Enter your password"',
        "commit 3f786850e387550fdab836ed7e6dc881de23001b",
        '"id": "6fa459ea-ee8a-3ca4-894e-db77e160355e"',
        "public static final Token EOF = new Token(TokenType.EOF);",
        "PublicKeyToken=b77a5c561934e089",
        "src/app.py:12:34: W605 invalid escape sequence",
        "Basic infrastructure for servers",
        'cookie = "sessionid=abc; path=/"',
    ],
)
def test_an_ordinary_line_stays_as_it_is(line: str) -> None:
    assert redact(line) == line


def test_planted_secrets_are_found() -> None:
    found = recall(planted(seed=5, rounds=3))
    assert found.secrets >= 140
    assert found.share >= 0.98, [(file.kind, file.text) for file in found.missed]


def test_there_are_planted_secrets_of_many_kinds() -> None:
    files = planted(seed=5)
    assert len(files) >= 300
    assert len({file.kind for file in files}) >= 25
    assert len({file.path for file in files}) >= 11


def test_ordinary_lines_are_seldom_changed() -> None:
    texts = [text for text in ordinary_texts(seed=5) if text[0] <= "b" or text[0] == "generated.txt"]
    wrong = false_alarms(texts)
    assert wrong.lines >= 2_000
    assert wrong.share <= 0.005, wrong.changed


def test_a_private_key_keeps_its_markers_and_lines() -> None:
    block = pem("RSA PRIVATE KEY")
    redacted = redact(f"KEY = '''\n{block}\n'''\nprint(KEY)\n").split("\n")
    assert redacted[1] == "-----BEGIN RSA PRIVATE KEY-----"
    assert redacted[2:8] == ["<redacted:private-key#1>"] * 6
    assert redacted[8:] == ["-----END RSA PRIVATE KEY-----", "'''", "print(KEY)", ""]


@pytest.mark.parametrize("cut", [1, 3, 5])
def test_a_piece_of_a_private_key_is_recognised_by_either_marker(cut: int) -> None:
    lines = pem("OPENSSH PRIVATE KEY").split("\n")
    for piece in (lines[: cut + 1], lines[cut:]):
        redacted = redact("before()\n" + "\n".join(piece) + "\nafter()")
        assert not any(line in redacted for line in lines[1:-1])
        assert "before()" in redacted
        assert "after()" in redacted


def test_code_between_two_markers_that_it_only_mentions_stays() -> None:
    code = (
        'BEGIN = "-----BEGIN RSA PRIVATE KEY-----"\n\ndef theNameOfAFunctionThatIsVeryLong():\n    return 1\n\n'
        'END = "-----END RSA PRIVATE KEY-----"\n'
    )
    assert redact(code) == code


def test_a_key_in_json_is_redacted() -> None:
    block = pem("PRIVATE KEY")
    redacted = redact(json.dumps({"private_key": block, "type": "service_account"}))
    assert not any(line in redacted for line in block.split("\n")[1:-1])
    assert json.loads(redacted)["type"] == "service_account"


def test_the_same_secret_has_the_same_number_and_is_found_where_nothing_names_it() -> None:
    redacted = Redactor().redact(
        [f"see {PASSWORD}", f'password = "{PASSWORD}"', f'db_password = "{PASSWORD[::-1]}"']
    )
    assert redacted.texts == (
        "see <redacted:password#1>",
        'password = "<redacted:password#1>"',
        'db_password = "<redacted:password#2>"',
    )
    assert redacted.kinds == {"password": 3}


def test_numbers_go_on_after_those_that_a_text_holds() -> None:
    text = f'old = "<redacted:password#4>"\npassword = "{PASSWORD}"'
    assert redact(text) == 'old = "<redacted:password#4>"\npassword = "<redacted:password#5>"'


def test_kubernetes_values_are_redacted_and_a_config_map_is_not() -> None:
    def manifest(kind: str) -> str:
        return f"apiVersion: v1\nkind: {kind}\ndata:\n  mode: YWJjZGVm\nmetadata:\n  name: x\n"

    assert "YWJjZGVm" not in redact(manifest("Secret"))
    assert redact(manifest("ConfigMap")) == manifest("ConfigMap")


_WORDS = (
    "password|token|api_key|secret| = |: |=|\"|'|  |\\n|://|@|a:b|.|--|x|value|name|<password>|</|<redacted:|#1>"
    "|-----BEGIN PRIVATE KEY-----|-----END PRIVATE KEY-----|Private-Lines: 2|<redacted:password#1>"
    "|kind: Secret\ndata:\n  a: |\n|\r\n|\u2028|\u0130|Basic |Bearer |login x "
)
_PIECES = st.sampled_from([*_WORDS.split("|"), PASSWORD, KEY, KEY[:20], "ghp_" + KEY + "abc", "eyJ" + KEY])


@settings(max_examples=400, deadline=None)
@given(st.lists(_PIECES | st.text(max_size=4), max_size=25).map("".join))
def test_redaction_keeps_lines_and_is_idempotent(text: str) -> None:
    redacted = redact(text)
    assert len(redacted.splitlines()) == len(text.splitlines())
    assert redacted.count("\n") == text.count("\n")
    assert redact(redacted) == redacted


@settings(max_examples=200, deadline=None)
@given(st.lists(_PIECES, max_size=20).map("".join))
def test_findings_are_ordered_and_do_not_overlap(text: str) -> None:
    findings = find_secrets(text)
    ends = [0, *(finding.end for finding in findings)]
    assert all(
        0 <= end <= finding.start < finding.end <= len(text)
        for end, finding in zip(ends, findings, strict=False)
    )


def test_generated_ordinary_lines_are_the_same_for_a_seed() -> None:
    assert ordinary_lines(3, 50) == ordinary_lines(3, 50)
    assert ordinary_lines(3, 50) != ordinary_lines(4, 50)
