"""Write ``assistant/privacy/detection/gitleaks.json``: gitleaks' rules, in Python's regular expressions.

    git -C GITLEAKS show HEAD:config/gitleaks.toml | python scripts/update_secret_rules.py VERSION

gitleaks writes its rules for Go's RE2. What differs from Python's ``re`` is rewritten; the rest is kept as it is, so
that an update is this command and a look at the difference. A rule that does not compile stops the script.
"""

import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parents[1] / "assistant/privacy/detection/gitleaks.json"

# Replaced by rules of our own: what is assigned to a secret-like name, blocks of several lines, Kubernetes, curl.
OWN = {
    "generic-api-key", "private-key", "kubernetes-secret-yaml", "jwt", "jwt-base64", "curl-auth-user",
    "curl-auth-header", "hashicorp-tf-password",
}  # fmt: skip
# Public by their nature.
PUBLIC = re.compile(r"client-id$|public-key$|publishable|^sumologic-access-id$|^freemius-secret-key$")


def main() -> None:
    """Convert the rules on standard input."""
    config = tomllib.loads(sys.stdin.read())
    rules = [converted(rule) for rule in config["rules"] if wanted(rule)]
    TARGET.write_text(
        json.dumps(
            {"source": f"gitleaks {sys.argv[1]}, MIT licence", "rules": rules}, indent=1, ensure_ascii=True
        )
        + "\n",
        encoding="utf-8",
    )
    print(f"{len(rules)} rules")


def wanted(rule: dict[str, Any]) -> bool:
    """Tell whether a rule is one about text, about secrets, and not among our own."""
    return (
        "regex" in rule
        and rule["id"] not in OWN
        and not PUBLIC.search(rule["id"])
        and bool(rule.get("keywords"))
    )


def converted(rule: dict[str, Any]) -> dict[str, Any]:
    """Return what is used of a rule."""
    regex = python_regex(rule["regex"])
    compiled = re.compile(regex, re.ASCII)
    return {
        "kind": rule["id"],
        "keywords": rule["keywords"],
        "regex": regex,
        "group": rule.get("secretGroup", 1 if compiled.groups else 0),
        "entropy": rule.get("entropy", 0),
    }


def python_regex(regex: str) -> str:
    """Rewrite an RE2 expression for ``re``."""
    regex = (
        regex.replace(r"\z", r"\Z").replace("[[:alnum:]]", "[0-9A-Za-z]").replace("[:alnum:]", "0-9A-Za-z")
    )
    # A lazy start finds the same secret and costs a try for each length at each character.
    regex = regex.replace(r"[\w.-]{0,50}?", "")
    start = 1
    while (at := regex.find("(?i)", start)) >= 0:
        end = _group_end(regex, at)
        regex = f"{regex[:at]}(?i:{regex[at + 4 : end]}){regex[end:]}"
        start = at + 1
    return regex


def _group_end(regex: str, at: int) -> int:
    """Return where the group that holds a position ends: flags set inside a group hold until there."""
    depth, in_class, i = 0, False, at
    while i < len(regex):
        letter = regex[i]
        if letter == "\\":
            i += 1
        elif in_class:
            in_class = letter != "]"
        elif letter == "[":
            in_class = True
        elif letter == "(":
            depth += 1
        elif letter == ")":
            if depth == 0:
                return i
            depth -= 1
        i += 1
    return len(regex)


if __name__ == "__main__":
    main()
