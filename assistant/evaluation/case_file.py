"""Reads a case file: which prompts go to which backends, and what is expected of the answers.

Nothing in it is replaced: ``$HOME`` and ``{{name}}`` are the characters that they are. It can name backends of the
user's configuration, never addresses, keys or programs.
"""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from assistant.evaluation.assertions import KINDS
from assistant.evaluation.errors import CaseFileError
from assistant.evaluation.model import TIMEOUT_S, Assertion, Case, Suite
from assistant.evaluation.yaml_nodes import Value, read_yaml

_MOST_REPETITIONS = 1_000
_MOST_ANSWERS = 100_000
_NEGATION = "not_"
_SHARED = ("backends", "repetitions", "timeout_s", "assert")
_TOP = ("repository", "defaults", "cases", *_SHARED)
_CASE = ("name", "prompt", "recipe", "target", *_SHARED)


def read_suite(file: Path, chosen: Sequence[str] = (), repetitions: int | None = None) -> Suite:
    """Read a case file.

    :param chosen: backends that take the place of those in the file.
    :param repetitions: as many instead of those in the file.
    :raises CaseFileError: naming the line and, for a misspelt word, the one that was meant.
    :raises OSError: if the file cannot be read.
    """
    top = read_yaml(file)
    members = _mapping(top, _TOP)
    shared = _Defaults.of(members)
    listed = members.get("cases")
    if listed is None or not listed.items:
        raise (listed or top).wrong('there are no cases; write "cases:" and a list of them')
    cases = []
    lines: dict[str, int] = {}
    for item in listed.items:
        case = _case(item, shared)
        if case.name in lines:
            raise item.wrong(
                f'"{case.name}" is already the name of the case in line {lines[case.name]}; rename one'
            )
        lines[case.name] = case.line
        cases.append(_overridden(case, chosen, repetitions))
    if sum(case.repetitions * max(1, len(case.backends)) for case in cases) > _MOST_ANSWERS:
        raise top.wrong(f"more than {_MOST_ANSWERS:,} answers; repeat less, or split the file")
    return Suite(file.resolve(), _repository(members.get("repository"), file), tuple(cases))


def only(suite: Suite, names: Sequence[str]) -> Suite:
    """Return a suite with the cases of these names alone.

    :raises CaseFileError: for a name that no case has.
    """
    known = [case.name for case in suite.cases]
    for name in names:
        if name not in known:
            raise CaseFileError(str(suite.file), 1, f'no case "{name}"; {_near(name, known)}')
    return replace(suite, cases=tuple(case for case in suite.cases if case.name in names)) if names else suite


class _Defaults:
    """What holds for every case that does not say otherwise; assertions are added to the case's own."""

    def __init__(self, top: dict[str, Value], nested: dict[str, Value]) -> None:
        merged = {name: value for name, value in top.items() if name in _SHARED} | nested
        self.backends = _names(merged["backends"]) if "backends" in merged else ()
        self.repetitions = _repetitions(merged["repetitions"]) if "repetitions" in merged else 1
        self.timeout_s = _seconds(merged["timeout_s"]) if "timeout_s" in merged else TIMEOUT_S
        self.assertions = _assertions(merged["assert"]) if "assert" in merged else ()

    @classmethod
    def of(cls, members: dict[str, Value]) -> "_Defaults":
        nested = members.get("defaults")
        return cls(members, _mapping(nested, _SHARED) if nested is not None else {})


def _case(item: Value, shared: _Defaults) -> Case:
    members = _mapping(item, _CASE)
    prompt = _text(members["prompt"]) if "prompt" in members else ""
    recipe = _text(members["recipe"]) if "recipe" in members else ""
    if not prompt and not recipe:
        raise item.wrong('a case needs "prompt" or "recipe"')
    if "target" in members and not recipe:
        raise members["target"].wrong('"target" belongs to a recipe; name one with "recipe"')
    own = _assertions(members["assert"]) if "assert" in members else ()
    return Case(
        name=_text(members["name"]) if "name" in members else " ".join((prompt or recipe).split())[:60],
        prompt=prompt,
        recipe=recipe,
        target=_text(members["target"]) if "target" in members else "",
        assertions=(*shared.assertions, *own),
        backends=_names(members["backends"]) if "backends" in members else shared.backends,
        repetitions=_repetitions(members["repetitions"]) if "repetitions" in members else shared.repetitions,
        timeout_s=_seconds(members["timeout_s"]) if "timeout_s" in members else shared.timeout_s,
        line=item.line,
    )


def _overridden(case: Case, chosen: Sequence[str], repetitions: int | None) -> Case:
    backends = tuple(dict.fromkeys(chosen)) or case.backends
    return replace(case, backends=backends, repetitions=repetitions or case.repetitions)


def _assertions(value: Value) -> tuple[Assertion, ...]:
    """Read a mapping of assertions, or a list of such; a list as a value means each of it."""
    if value.items is None:
        return tuple(_of_mapping(value))
    return tuple(assertion for item in value.items for assertion in _of_mapping(item))


def _of_mapping(value: Value) -> Iterable[Assertion]:
    names = [*KINDS, *(_NEGATION + kind for kind in KINDS)]
    for name, wanted in _mapping(value, names).items():
        kind = name.removeprefix(_NEGATION)
        for one in wanted.items if wanted.items is not None else [wanted]:
            yield Assertion(kind, KINDS[kind].read(one), negated=name != kind)


def _mapping(value: Value, known: Sequence[str]) -> dict[str, Value]:
    if value.members is None:
        raise value.wrong(f"keys and values are wanted here; known keys are {', '.join(known[:10])}")
    for name, member in value.members.items():
        if name not in known:
            raise member.wrong(f'unknown key "{name}"; {_near(name, known)}')
    return value.members


def _near(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    return f'did you mean "{near[0]}"?' if near else f"known are {', '.join(known)}"


def _text(value: Value) -> str:
    if not isinstance(value.data, str) or not value.data.strip():
        raise value.wrong("a text is wanted here; put it into quotes")
    return value.data.strip()


def _names(value: Value) -> tuple[str, ...]:
    items = value.items if value.items is not None else [value]
    if not items:
        raise value.wrong('a list of backends is wanted here; "none" answers without a model')
    return tuple(dict.fromkeys(_text(item) for item in items))


def _repetitions(value: Value) -> int:
    if (
        not isinstance(value.data, int)
        or isinstance(value.data, bool)
        or not 1 <= value.data <= _MOST_REPETITIONS
    ):
        raise value.wrong(f"a whole number from 1 to {_MOST_REPETITIONS:,} is wanted here")
    return value.data


def _seconds(value: Value) -> float:
    if (
        not isinstance(value.data, int | float)
        or isinstance(value.data, bool)
        or not 0 < value.data <= 86_400
    ):
        raise value.wrong("seconds are wanted here, more than 0")
    return float(value.data)


def _repository(value: Value | None, file: Path) -> Path:
    """Return the folder that is asked about: as the file says, else the repository that the file lies in."""
    folder = file.resolve().parent
    if value is None:
        return next((parent for parent in (folder, *folder.parents) if (parent / ".git").exists()), folder)
    named = Path(_text(value))
    if named.is_absolute() or str(value.data).startswith("~"):
        raise value.wrong("the repository is named relative to this file; write for example ../server")
    root = (folder / named).resolve()
    if not root.is_dir():
        raise value.wrong(f"{root} is not a folder; correct the path")
    return root
