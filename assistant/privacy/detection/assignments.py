"""Values given to something that is called a password, secret, token or key, in whatever language.

First the names, which are few; then, from each, what follows: the rest of the name, an operator, a value. Names that
only speak of secrets (``password_field``, ``token_type``, ``secret_path``) are passed over by what they end in.
Quoted values are judged by their letters; bare ones must not be code, unless the file's name says that it holds
settings, where every value is a literal.
"""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from assistant.privacy.detection.findings import Finding
from assistant.privacy.detection.values import is_key, is_passphrase, is_password, is_placeholder

# Run over the text in lower case: a case-insensitive expression is several times slower.
_NAME = re.compile(
    r"passphrase|pass(?:wor[dt]|wd|code)|pas?swo?r?d|pss?w(?:o?r)?d|pwd|(?<![a-z])(?:pw|psw)(?![a-z])"
    r"|(?<!by)(?<!com)(?<!tres)(?<!over)pass(?![a-z])|contrase|mot_de_passe"
    r"|secret|(?<!publickey)token|authori[sz]ation|credential|mnemonic|conn(?:ection)?_?str"
    r"|(?:api|access|private|auth(?:entication)?|encrypt(?:ion)?|sign(?:ing|ature)?|account|master|shared|storage|service|license|"
    r"subscription|hmac|cipher|aes|webhook|deploy|client|session|admin|bot|app)[ _.-]?key(?![a-z])"
)
# What may follow in the name without changing what the value is.
_NAME_REST = re.compile(
    r"""(?ix) (?:[_.-]? (?:s|keys?|value|val|raw|plain|text|string|str|base|b64|base64|hex|prod|production|dev|staging
        |test|live|default|access|secret|password|token|new|old|current|root|admin|db|code|\d{1,6}(?!\d))){0,5}
        (?![\w.-]|\s{0,8}\()"""
)
_SEPARATOR = re.compile(
    r"""(?x) \\?["'`\]]{0,2} (?:\[\d*\])? [ \t]{0,40}
        (?: (?::[ \t]*[\w.<>\[\]|?&:*]{1,40}[ \t]*)? (?:=>|===?|=|:=|!==?|\?=|\|\|=|\+=)
          | : | %3[dD] | ->>? | , | [ ]is[ ] | >(?!>) | \.equals\( | [ \t](?=["']) | [)]
        ) [ \t]{0,40} (?:[({\[][ \t]*)? """
)
_METHOD = re.compile(r"[\w]{0,20}\([ \t]*")
_QUOTED = re.compile(r"""(?x) (?:[bBrRfFuU@$]{0,2}|L) (?P<quote>\\?["'`]{1,3}) (?P<value>.*?) (?P=quote)""")
_BARE = re.compile(r"""[^\s"'`,;(){}\[\]<>]+""")
_FLAG = re.compile(r"--?[\w-]*$")
_NAMED_VALUE = re.compile(
    r"""(?ix) \b(?:name|key|parameterkey|id)["']?[ ]*[:=]>?[ ]*["']?
        (?P<name>[\w.-]{0,60}(?:passw|pwd|secret|token|api_?-?key|access_?-?key|private_?-?key)[\w.-]{0,60})["']?
        [\s,]{0,60} (?:-[ ])?["']?(?:value|parametervalue)["']?[ ]*[:=]>?[ ]*
        (?P<quote>["']?)(?P<value>[^\s"'<>]{6,})(?P=quote)"""
)
_TERRAFORM_DEFAULT = re.compile(
    r"variable\s+\"(?P<name>\w+)\"\s*\{[^{}]{0,400}?\bdefault\s*=\s*\"(?P<value>[^\"\n]{6,})\""
)
_DOCKER_ENV = re.compile(
    r"(?m)^[ \t]*(?:ENV|ARG)[ \t]+(?P<name>\w+)[ \t]+(?P<value>[^\s=\"'][^\s\"']*)[ \t]*$"
)
_ELEMENT = re.compile(
    r"""(?ix) <(?P<name>[\w:.-]{0,60}(?:password|passwd|secret|token|apikey|api-key|accesskey|passphrase)[\w:.-]{0,60})
        (?:[ ][^<>]{0,400})?> (?P<value>[^<>\s]{6,}) </"""
)

_SETTINGS_SUFFIXES = frozenset(
    ".cfg .cnf .conf .config .env .ini .properties .toml .yaml .yml .tfvars .json .xml .plist .cnf .service".split()
)
_SETTINGS_NAMES = frozenset({".npmrc", ".pypirc", ".netrc", ".pgpass", ".env", "credentials", "config"})
_PASSWORD_NAMES = ("pass", "pas", "ps", "pw", "contrase", "mot_")
_BARE_CODE = re.compile(r"[A-Za-z_$][\w$]*(?:(?:\.|->|::|\?\.)[A-Za-z_$][\w$]*)*[.:]?$|[\d.]+$|&")
_MOST_CHARS = 4096
_MOST_BARE_CHARS = 256
_MOST_BEFORE_CHARS = 200


def find_assignments(text: str, path: str | None = None) -> Iterator[Finding]:
    """Yield the secrets that are assigned to a telling name, in no order.

    :param path: of the file that the text is from, if it is from one.
    """
    lower = text.lower() if text.isascii() else "".join(map(_lower, text))
    literal = path is not None and _holds_settings(path)
    seen_until = 0
    for hit in _NAME.finditer(lower):
        if hit.start() < seen_until:
            continue
        finding = _after_name(text, hit, literal=literal)
        if finding is not None:
            seen_until = finding.end
            yield finding
    for pattern in (_NAMED_VALUE, _TERRAFORM_DEFAULT, _DOCKER_ENV, _ELEMENT):
        yield from _named(pattern, text)


def _lower(letter: str) -> str:
    lower = letter.lower()
    return lower if len(lower) == 1 else letter


def _holds_settings(path: str) -> bool:
    pure = PurePosixPath(path)
    return pure.suffix.lower() in _SETTINGS_SUFFIXES or pure.name.lower() in _SETTINGS_NAMES


def _after_name(text: str, hit: re.Match[str], *, literal: bool) -> Finding | None:
    """Return the value after a name, if there is one and it is a secret."""
    rest = _NAME_REST.match(text, hit.end())
    if rest is None:
        call = _METHOD.match(text, hit.end())
        if call is None or hit.end() == call.end() or text[hit.end() : call.end()].strip("( \t"):
            return None
        return _quoted(text, call.end(), hit.group(), called=True)
    name = hit.group() + rest.group()
    separator = _SEPARATOR.match(text, rest.end())
    if separator is None:
        return _flag(text, hit, rest.end(), name)
    start = separator.end()
    found = _quoted(text, start, name)
    if found is not None or text[start : start + 1] in ("'", '"', "`"):
        return found
    if separator.group().strip(" \t").endswith((",", ")", ">")):
        return None
    settings_line = literal or _is_settings_line(text, hit.start(), separator.group())
    return _bare(text, start, name, literal=settings_line)


def _quoted(text: str, start: int, name: str, *, called: bool = False) -> Finding | None:
    match = _QUOTED.match(text, start, min(len(text), start + _MOST_CHARS))
    if match is None or "\n" in match["value"]:
        return None
    value = match["value"]
    if called and not re.match(r"\s*[,)]", text[match.end() : match.end() + 3]):
        return None
    if not _accepts(name, value):
        return None
    return Finding(match.start("value"), match.end("value"), _kind(name))


def _bare(text: str, start: int, name: str, *, literal: bool) -> Finding | None:
    match = _BARE.match(text, start, min(len(text), start + _MOST_CHARS))
    if match is None:
        return None
    end = match.end()
    value = match.group().rstrip("\\")
    if text[end : end + 1] in ("(", "[", "{") or value.startswith(("$", "%")):
        return None
    if literal:
        if name.lower().startswith(_PASSWORD_NAMES):
            end_of_line = text.find("\n", start)
            whole = (
                text[start : end_of_line if end_of_line >= 0 else len(text)]
                .split(" #")[0]
                .strip()
                .rstrip(",;")
            )
            if len(whole) > len(value) and " " not in whole and not is_placeholder(whole):
                value = whole  # a password may hold any sign
    elif _BARE_CODE.match(value) and not re.search(r"[A-Za-z]\d+[A-Za-z]|\d[A-Za-z]{2,}\d", value):
        return None
    if len(value) < 8 or not (re.search(r"\d", value) and re.search(r"[A-Za-z]", value)):
        return None
    return Finding(start, start + len(value), _kind(name)) if _accepts(name, value) else None


def _flag(text: str, hit: re.Match[str], end: int, name: str) -> Finding | None:
    """Return the value after ``--password`` or ``--token``."""
    if text[end : end + 1] not in (" ", "\t") or not _FLAG.search(
        text, max(0, hit.start() - 40), hit.start()
    ):
        return None
    start = end + 1
    return _quoted(text, start, name) or _bare(text, start, name, literal=False)


def _is_settings_line(text: str, name_start: int, separator: str) -> bool:
    """Tell whether a line is one of a shell or settings file by its form: ``export TOKEN=value``."""
    if separator != "=":
        return False
    before = text[max(0, name_start - _MOST_BEFORE_CHARS) : name_start].rpartition("\n")[2].strip()
    if len(before) == _MOST_BEFORE_CHARS:
        return False
    return re.fullmatch(r"(?:export |set |ENV |ARG |- |-e |\w+=\S+ )*[\w.-]*", before) is not None


def _named(pattern: re.Pattern[str], text: str) -> Iterator[Finding]:
    for match in pattern.finditer(text):
        name = match["name"]
        hits = list(_NAME.finditer(name.lower()))
        hit = hits[-1] if hits else None
        if hit and _NAME_REST.match(name, hit.end()) and _accepts(name[hit.start() :], match["value"]):
            yield Finding(match.start("value"), match.end("value"), _kind(hit.group()))


def _accepts(name: str, value: str) -> bool:
    name = name.lower()
    if name.startswith(_PASSWORD_NAMES):
        return is_password(value) or ("phrase" in name and is_passphrase(value))
    if name.startswith("mnemonic"):
        return is_passphrase(value)
    return is_key(value)


def _kind(name: str) -> str:
    name = name.lower()
    if name.startswith(_PASSWORD_NAMES):
        return "password"
    if name.startswith(("secret", "token", "credential")):
        return name.split("_")[0].rstrip("s") if name.startswith("credential") else name[:6].rstrip("s_")
    return "key"
