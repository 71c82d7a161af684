"""The kinds of assertion: how each is written in a case file, and what of an outcome it looks at.

A check returns None if it holds, else in a few words what was found. ``not_KIND`` turns one around.
"""

import fnmatch
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import regex

from assistant.evaluation.model import Assertion, Exit, Outcome
from assistant.evaluation.yaml_nodes import Value

_REGEX_LIMIT_S = 2.0
"""An expression that takes longer on an answer is not waited for."""
_SHOWN = 90
_PLACE = re.compile(r"(?P<path>.+?):(?P<start>\d+)(?:-(?P<end>\d+))?")
_FENCED = re.compile(r"```[\w-]*\n(?P<body>.*?)\n?```", re.DOTALL)
_LATENCIES = ("first_token", "total")
_EXITS = {"answered": Exit.ANSWERED, "not-found": Exit.NOT_FOUND, "failed": Exit.FAILED}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of assertion."""

    read: Callable[[Value], Any]
    """Returns the value as the check wants it; raises CaseFileError."""
    check: Callable[[Any, Outcome], str | None]


def check(assertion: Assertion, outcome: Outcome) -> str | None:
    """Hold one assertion against an outcome.

    :return: None if it holds, else ``what was expected: what was found``.
    """
    found = KINDS[assertion.kind].check(assertion.value, outcome)
    if assertion.negated:
        return f"{assertion.label}: it is so" if found is None else None
    return None if found is None else f"{assertion.label}: {found}"


def failures(assertions: tuple[Assertion, ...], outcome: Outcome) -> tuple[str, ...]:
    """Return one line for each thing that is wrong with an outcome; what failed is wrong unless that was expected."""
    if outcome.error and not any(assertion.kind == "exit" for assertion in assertions):
        return (outcome.error,)
    return tuple(line for assertion in assertions if (line := check(assertion, outcome)))


def shown(text: str) -> str:
    """Return a text on one line, cut."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


# --- how values are written -------------------------------------------------------------------------------------------


def _text(value: Value) -> str:
    if not isinstance(value.data, str) or not value.data:
        hint = f"'{value.data}'" if value.data is not None else '"..."'
        raise value.wrong(f"a text is wanted here; write {hint} with quotes")
    return value.data


def _count(value: Value) -> int:
    if not isinstance(value.data, int) or isinstance(value.data, bool) or value.data < 0:
        raise value.wrong("a whole number of at least 0 is wanted here")
    return value.data


def _flag(value: Value) -> bool:
    if not isinstance(value.data, bool):
        raise value.wrong("true or false is wanted here")
    return value.data


def _expression(value: Value) -> str:
    text = _text(value)
    try:
        regex.compile(text)
    except regex.error as error:
        raise value.wrong(f"no regular expression: {error}") from error
    return text


def _schema(value: Value) -> Any:  # noqa: ANN401 - a schema is any JSON
    from jsonschema.exceptions import SchemaError
    from jsonschema.validators import validator_for

    schema = value.plain()
    if not isinstance(schema, dict):
        raise value.wrong("a JSON schema is a mapping")
    try:
        validator_for(schema).check_schema(schema)
    except SchemaError as error:
        raise value.wrong(f"no JSON schema: {error.json_path}: {shown(error.message)}") from error
    return schema


def _place(value: Value) -> str:
    text = _text(value)
    match = _PLACE.fullmatch(text)
    if match is None or int(match["start"]) < 1 or int(match["end"] or match["start"]) < int(match["start"]):
        raise value.wrong(f'"{text}" names no lines; write path:START-END')
    return text


def _latency(value: Value) -> dict[str, float]:
    limits = {"total": value} if value.members is None else value.members
    for name, limit in limits.items():
        if name not in _LATENCIES:
            raise limit.wrong(f'unknown key "{name}"; known are {", ".join(_LATENCIES)}')
        if isinstance(limit.data, bool) or not isinstance(limit.data, int | float) or limit.data <= 0:
            raise limit.wrong("milliseconds are wanted here, more than 0")
    if not limits:
        raise value.wrong(f"name {' or '.join(_LATENCIES)}")
    return {name: float(limit.data) for name, limit in limits.items()}  # type: ignore[arg-type]  # checked above


def _exit(value: Value) -> str:
    if value.data not in _EXITS:
        raise value.wrong(f"one of {', '.join(_EXITS)} is wanted here")
    return str(value.data)


# --- what they look at ------------------------------------------------------------------------------------------------


def _contains(text: str, outcome: Outcome) -> str | None:
    return None if text in outcome.text else _answer(outcome)


def _answer(outcome: Outcome) -> str:
    return f'the answer is "{shown(outcome.text)}"' if outcome.text.strip() else "the answer is empty"


def _matches(expression: str, outcome: Outcome) -> str | None:
    try:
        found = regex.search(expression, outcome.text, timeout=_REGEX_LIMIT_S)
    except TimeoutError:
        return f"the expression takes more than {_REGEX_LIMIT_S:.0f} s; simplify it"
    return None if found else _answer(outcome)


def _is_json(schema: Any, outcome: Outcome) -> str | None:  # noqa: ANN401 - a schema is any JSON
    from jsonschema.exceptions import best_match
    from jsonschema.validators import validator_for
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    fenced = _FENCED.search(outcome.text)
    try:
        answer = json.loads(fenced["body"] if fenced else outcome.text)
    except ValueError as error:
        return f"no JSON ({error}); {_answer(outcome)}"
    except RecursionError:
        return "the answer's JSON is nested too deeply"
    validator = validator_for(schema)(
        schema, registry=Registry()
    )  # a registry of its own: no schema is fetched
    try:
        problem = best_match(validator.iter_errors(answer))
    except Unresolvable as missing:
        return f"the schema refers to {shown(str(missing.ref))}, which is not in it"
    except RecursionError:
        return "the answer's JSON is nested too deeply"
    return f"{problem.json_path}: {shown(problem.message)}" if problem else None


def _true(outcome: Outcome) -> list[str]:
    return [f"{cited.path}:{cited.start_line}-{cited.end_line}" for cited in outcome.citations if cited.true]


def _cited(outcome: Outcome) -> str:
    places = list(dict.fromkeys(_true(outcome)))
    return f"it cites {shown(', '.join(places))}" if places else "it cites nothing that is true"


def _cites(pattern: str, outcome: Outcome) -> str | None:
    paths = [cited.path for cited in outcome.citations if cited.true]
    wanted = pattern.replace("/**/", "/*").replace("**", "*")  # fnmatch's * crosses folders
    return (
        None
        if any(path == pattern or fnmatch.fnmatchcase(path, wanted) for path in paths)
        else _cited(outcome)
    )


def _cites_lines(place: str, outcome: Outcome) -> str | None:
    """Look for a true citation that shares a line with the place."""
    match = _PLACE.fullmatch(place)
    assert match is not None
    start, end = int(match["start"]), int(match["end"] or match["start"])
    for cited in outcome.citations:
        if cited.true and cited.path == match["path"] and cited.start_line <= end and cited.end_line >= start:
            return None
    return _cited(outcome)


def _quick(limits: Mapping[str, float], outcome: Outcome) -> str | None:
    taken = {"first_token": outcome.first_token_ms, "total": outcome.total_ms}
    for name, limit in limits.items():
        ms = taken[name]
        if ms is None:
            return "no word came"
        if ms > limit:
            return f"{name} took {ms:,.0f} ms"
    return None


def _no_failed_citation(wanted: bool, outcome: Outcome) -> str | None:
    failed = [cited for cited in outcome.citations if not cited.true]
    if bool(failed) != wanted:
        return None
    if not failed:
        return "every citation is true"
    return f"{len(failed)} untrue, first {failed[0].text} ({failed[0].reason})"


def _min_citations(least: int, outcome: Outcome) -> str | None:
    number = len(_true(outcome))
    return None if number >= least else f"{number} true"


def _max_tokens(most: int, outcome: Outcome) -> str | None:
    if outcome.completion_tokens is None:
        return "the server does not count tokens"
    return None if outcome.completion_tokens <= most else f"{outcome.completion_tokens:,} tokens"


def _ends(name: str, outcome: Outcome) -> str | None:
    if outcome.exit is _EXITS[name]:
        return None
    ended = next(word for word, code in _EXITS.items() if code is outcome.exit)
    return f"{ended}{f', {outcome.error}' if outcome.error else ''}"


KINDS: Mapping[str, Kind] = {
    "contains": Kind(_text, _contains),
    "regex": Kind(_expression, _matches),
    "json_schema": Kind(_schema, _is_json),
    "cites": Kind(_text, _cites),
    "cites_lines": Kind(_place, _cites_lines),
    "max_latency_ms": Kind(_latency, _quick),
    "no_failed_citation": Kind(_flag, _no_failed_citation),
    "min_citations": Kind(_count, _min_citations),
    "max_tokens": Kind(_count, _max_tokens),
    "exit": Kind(_exit, _ends),
}
"""Every kind of assertion, by its name in a case file."""
