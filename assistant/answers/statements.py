"""The sentence above the places: what the evidence shows, and no more than that.

Names stand in backticks, every place as ``path:start-end``. Pure text: what is said is decided in
:mod:`assistant.answers.extractive`.
"""

import re
from collections.abc import Sequence

from assistant.answers.located import Located
from assistant.answers.questions import Question, Shape
from assistant.answers.references import Reference
from assistant.retrieval.results import SearchResult

_MAX_NAMED = 3
_COMMENT_MARKS = " \t/*#\"'!;-<>"
_TAGS = re.compile(r"</?(?:p|b|i|code|em|tt)>")
_LINE_COMMENT = re.compile(r"\s*(//|#|--|;)")
_SENTENCE_END = re.compile(r"(?<!e\.g)(?<!i\.e)[.!?](?=\s+[\W\d]*[A-Z])")
_COMMENT_END = re.compile(r"\*/|\"\"\"|'''")
UNDOCUMENTED = "No README, document for contributors, manifest or licence in the index says"
_TEXT_KINDS = frozenset({"text", "imports", "comment", ""})


def place_name(result: SearchResult, label: str = "") -> str:
    """```PdfReader.parse` (src/doc/pdf.py:40-88)``; a section in quotes; the bare place if it has no name.

    :param label: goes before the path where several repositories are searched.
    """
    place = f"{label}{result.location}"
    if not result.name or result.kind in _TEXT_KINDS:
        return place
    name = f'"{result.name.rsplit(".", 1)[-1]}"' if result.kind == "section" else f"`{result.name}`"
    return f"{name} ({place})"


def caller_name(reference: Reference, label: str = "") -> str:
    """```Importer.load` (src/doc/importer.py:112)``."""
    place = f"{label}{reference.path}:{reference.line}"
    return f"`{reference.caller.qualified_name}` ({place})" if reference.caller else place


def listed(items: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def either(words: Sequence[str]) -> str:
    """``"a"``, ``"a" or "b"``, in quotes."""
    quoted = [f'"{word}"' for word in words[:_MAX_NAMED]]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"


def sentence_start(subject: str) -> str:
    """Return a subject as a sentence begins; identifiers keep their spelling."""
    first = subject.split(maxsplit=1)[0] if subject else ""
    is_name = any(c in first for c in "_.`:/") or any(c.isupper() for c in first[1:])
    return subject if is_name else subject[:1].upper() + subject[1:]


def first_sentence(lines: Sequence[str]) -> str:
    """Return the first sentence of a comment from its first line on, without the marks of comments.

    An empty line, a marker such as ``@param`` and the end of the comment end it.
    """
    words: list[str] = []
    mark = _LINE_COMMENT.match(lines[0]) if lines else None
    for number, line in enumerate(lines):
        text = _TAGS.sub("", line).strip(_COMMENT_MARKS)
        if number and (not text or text.startswith(("@", ":", "\\", "- ", ">>>"))):
            break
        if number and mark and not line.lstrip().startswith(mark[1]):
            break
        whole = " ".join([*words, text])
        if end := _SENTENCE_END.search(whole):
            return whole[: end.start() + 1]
        words.append(text)
        if _COMMENT_END.search(line.lstrip()[3:] if not number else line):
            break
    return " ".join(words).strip()


def state(
    question: Question, places: Sequence[Located], callers: Sequence[Reference], label: str, *, sure: bool
) -> str:
    """Say where something is.

    :param places: best first, at least one.
    :param callers: references to the first place.
    """
    first = place_name(places[0].result, label)
    tail = _called(places[0], callers, label)
    if not sure:
        near = [place_name(place.result, label) for place in places[:2]]
        return f"The best match is {near[0]}" + (f"; next is {near[1]}." if len(near) > 1 else ".")
    subject = sentence_start(question.subject)
    verb = "are" if question.plural else "is"
    if question.shape in (Shape.VERB, Shape.HOW) and question.verb:
        return f"{subject} {verb} {question.verb} in {first}{tail}."
    if question.shape is Shape.DEFINED:
        return f"{subject} {verb} in {first}{tail}."
    if question.shape is Shape.HOW:
        others = [place_name(place.result, label) for place in places[1:3]]
        then = f", then {listed(others)}" if others else ""
        return f"How {question.subject} works: start at {first}{then}."
    return f"See {first}{tail}."


def state_frames(places: Sequence[Located], label: str) -> str:
    """Say which frames of a pasted trace lie here.

    :param places: newest first, at least one.
    """
    first, *others = (place_name(place.result, label) for place in places)
    if not places[0].result.lines:
        return f"No frame of the trace lies here; nearest to its message is {first}."
    then = f", called from {listed(others[:2])}" if others else ""
    return f"The trace ends here in {first}, at line {places[0].result.lines[0]}{then}."


def state_definition(name: str, places: Sequence[Located], callers: Sequence[Reference], label: str) -> str:
    """Say where a name is defined."""
    shown = [_defined_at(place, label) for place in places[:_MAX_NAMED]]
    if len(places) == 1:
        return f"`{places[0].result.name}` is defined in {shown[0]}{_called(places[0], callers, label)}."
    more = f" and {len(places) - _MAX_NAMED} more" if len(places) > _MAX_NAMED else ""
    named = [place_name(place.result, label) for place in places[:_MAX_NAMED]]
    return f"`{name}` is defined in {len(places)} places: {listed(named) if not more else ', '.join(named) + more}."


def state_meaning(place: Located, documentation: str, label: str) -> str:
    """Say what a definition is, in the words of its own documentation."""
    result = place.result
    said = f": “{documentation}”" if documentation else "."
    article = "an" if result.kind[:1] in "aeiou" else "a"
    return f"`{result.name}` is {article} {result.kind} in {label}{result.location}{said}"


def state_references(
    place: Located, references: Sequence[Reference], label: str, *, tests: bool, more: bool
) -> str:
    """Say who uses a definition, or tests it."""
    name = place_name(place.result, label)
    shown = [caller_name(reference, label) for reference in references[:_MAX_NAMED]]
    rest = " and more" if more or len(references) > _MAX_NAMED else ""
    verb = "tested by" if tests else "used by" if _is_type(place) else "called from"
    return f"{name} is {verb} {', '.join(shown) + rest if rest else listed(shown)}."


def state_no_references(place: Located, label: str, *, tests: bool, complete: bool) -> str:
    """Say that no reference was found; names are matched, so this proves nothing."""
    what = "no test that names it" if tests else "no use of it by name"
    where = "" if complete else " in the files that were read"
    return f"{place_name(place.result, label)}: {what} was found{where}."


def state_subtypes(place: Located, found: Sequence[Reference], label: str, *, more: bool) -> str:
    """Say what is made from a type."""
    name = place_name(place.result, label)
    if not found:
        return f"{name}: nothing that names it as what it extends or implements was found."
    return state_made_from(name, found, label, more=more)


def state_alike(place: Located, found: Sequence[Reference], label: str, *, more: bool) -> str:
    """Say which types have all methods of a type that none of them names, at least one."""
    shown = [caller_name(reference, label) for reference in found[:_MAX_NAMED]]
    rest = " and more" if more or len(found) > _MAX_NAMED else ""
    types = ", ".join(shown) + rest if rest else listed(shown)
    return f"Nothing names {place_name(place.result, label)} as what it implements; all of its methods are in {types}."


def state_made_from(name: str, found: Sequence[Reference], label: str, *, more: bool) -> str:
    """Say what is made from something with this name, at least one."""
    shown = [caller_name(reference, label) for reference in found[:_MAX_NAMED]]
    rest = " and more" if more or len(found) > _MAX_NAMED else ""
    return f"{name} is extended or implemented by {', '.join(shown) + rest if rest else listed(shown)}."


def state_assignments(name: str, found: Sequence[Reference], label: str) -> str:
    """Say where a name gets its value."""
    shown = [caller_name(reference, label) for reference in found[:_MAX_NAMED]]
    rest = " and more" if len(found) > _MAX_NAMED else ""
    return f"`{name}` gets a value in {', '.join(shown) + rest if rest else listed(shown)}."


def _defined_at(place: Located, label: str) -> str:
    return f"{label}{place.result.location} ({place.result.kind})"


def _called(place: Located, callers: Sequence[Reference], label: str) -> str:
    if not callers:
        return ""
    shown = [caller_name(reference, label) for reference in callers[:2]]
    return f", {'used by' if _is_type(place) else 'called from'} {listed(shown)}"


def _is_type(place: Located) -> bool:
    return place.result.kind not in ("function", "method", "constructor", "macro")
