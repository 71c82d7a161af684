"""What one folder says of its licence: its licence files, read together, and its package metadata."""

import re
from collections.abc import Iterable

from assistant.copies.licences.categories import Category, worst_category
from assistant.copies.licences.expressions import all_of, any_of, parts_of
from assistant.copies.licences.manifests import READERS, same_licence
from assistant.copies.licences.model import NOASSERTION, UNKNOWN_PART, Confidence, LicenceFinding
from assistant.copies.licences.texts import Reading, read_text
from assistant.copies.licences.tree import Tree

_LICENCE_FILE = re.compile(
    r"(?:[\w.-]{0,30}[-_.])?(?:licen[cs]es?|copying|copyright|unlicen[cs]e|notice)(?:[-_.][\w.+-]{0,40})?",
    re.IGNORECASE,
)
_NOT_PROSE = re.compile(
    r"\.(?:py[cix]?|[cm]?[jt]sx?|json|go|java|kt|rs|rb|php|cs?s|c|cc|cpp|h|hpp|groovy|sh|bat|ps1|ya?ml|toml|xml|csv|lua|sql"
    r"|png|svg|gif|jpe?g|ico|pdf|docx?|gz|zip|whl|jar|class|so|map|snap|tmpl|in|ejs|hbs|lock|cfg|ini|plist|rtf|spdx|license)$",
    re.IGNORECASE,
)
_NOTICE = re.compile(r"notice|third.?part|3rd.?part|copyright|header|template", re.IGNORECASE)
_MOST_FILES = 40


def is_licence_file(name: str) -> bool:
    """Tell whether a file name is that of a licence: ``LICENSE-MIT``, ``COPYING.LESSER``, ``NOTICE.txt``."""
    return _LICENCE_FILE.fullmatch(name) is not None and not _NOT_PROSE.search(name)


def folder_licence(tree: Tree, folder: str) -> LicenceFinding | None:
    """Return what a folder's metadata and licence files say together, ``None`` if it has neither."""
    names = list(tree.names(folder))
    prefix = f"{folder}/" if folder else ""
    stated = None
    for name in names:
        if name in READERS:
            text = tree.read(prefix + name)
            finding = READERS[name](text, lambda beside: tree.read(prefix + beside)) if text else None
            if finding is not None:
                stated = finding
                break
    return settle(stated, licence_files(tree, [prefix + name for name in names if is_licence_file(name)]))


def licence_files(tree: Tree, paths: Iterable[str]) -> LicenceFinding | None:
    """Read licence files that lie together, for what they say of code.

    Each holds, unless one of them says that the receiver may choose: ``LICENSE-MIT`` beside ``LICENSE-APACHE`` alone is
    both. Files of notices add the licences they hold or name, but no doubt.
    """
    texts = [(path, tree.read(path)) for path in list(paths)[:_MOST_FILES]]
    readings = [(path, read_text(text, path)) for path, text in texts if text]
    main = [reading for path, reading in readings if not _NOTICE.search(path.rpartition("/")[2])]
    notices = [reading for path, reading in readings if _NOTICE.search(path.rpartition("/")[2])]
    if not main and not any(reading.texts or reading.named for reading in notices):
        return None
    expression = _together(main)
    extra = [part for reading in notices for part in (*reading.texts, *reading.named) if part != UNKNOWN_PART]
    extra = [part for part in extra if not set(parts_of(part)) <= set(parts_of(expression))]
    if extra:
        expression = all_of([*([expression] if main else []), *extra])
    least = min((reading.of_code.confidence for reading in main), default=Confidence.PROBABLE)
    if extra or len(main) > 1:
        least = min(least, Confidence.PROBABLE)
    if expression != NOASSERTION and UNKNOWN_PART not in expression:
        least = max(least, Confidence.PROBABLE)
    else:
        least = Confidence.UNKNOWN
    evidence = tuple(line for reading in [*main, *notices] for line in reading.of_code.evidence)
    copyrights = tuple(line for reading in main for line in reading.finding.copyrights)
    others = any(reading.of_code.has_other_parts for reading in main)
    return LicenceFinding(expression, least, evidence, copyrights, others)


def _together(readings: list[Reading]) -> str:
    choosing = [it for it in readings if it.offers_choice and not it.texts and it.of_code.known]
    silent = [
        it for it in readings if it.offers_choice and not it.texts and not set(it.named) - {UNKNOWN_PART}
    ]
    others = [it for it in readings if it not in choosing and it not in silent]
    held = [it.of_code.expression for it in others if it.of_code.expression != NOASSERTION]
    if choosing:
        stated = [it.of_code.expression for it in choosing]
        offered = {part for expression in stated for part in parts_of(expression)}
        return all_of([*stated, *(it for it in held if not set(parts_of(it)) <= offered)])
    if silent and len(held) > 1:  # "under the terms of either of the licences in these files"
        return any_of(held)
    if any(part == "LGPL-3.0-only" for it in held for part in parts_of(it)):
        held = [it for it in held if it != "GPL-3.0-only"]  # COPYING beside COPYING.LESSER
    said = held or [it.of_code.expression for it in [*others, *silent]]
    return all_of(said)


def settle(stated: LicenceFinding | None, files: LicenceFinding | None) -> LicenceFinding | None:
    """Settle between metadata and licence files.

    Metadata comes first. Files that begin with another licence contradict it: then both hold. A licence more in the
    files that asks more than all that is stated holds too, unless an expression was stated in so many words.
    """
    if files is None or files.expression == NOASSERTION:
        return stated or files
    if stated is None or not stated.known:
        return files.because(*(stated.evidence if stated else ()))
    named = parts_of(stated.expression)
    found = [part for part in parts_of(files.expression) if part != UNKNOWN_PART]
    evidence = (*stated.evidence, *files.evidence)
    agrees = bool(found) and any(same_licence(found[0], part) for part in named)
    beyond = [part for part in found if not any(same_licence(part, name) for name in named)]
    order = list(Category)
    worst = order.index(worst_category(named))
    graver = [part for part in beyond if order.index(worst_category((part,))) > worst]
    composed = " AND " in stated.expression or " OR " in stated.expression
    if (found and not agrees) or (graver and not (composed and stated.confidence is Confidence.SURE)):
        joined = all_of([stated.expression, *(graver if agrees else beyond)])
        confidence = min(stated.confidence, Confidence.PROBABLE)
        return LicenceFinding(joined, confidence, evidence, files.copyrights, files.has_other_parts)
    confidence = Confidence.SURE if agrees and files.known else stated.confidence
    return LicenceFinding(stated.expression, confidence, evidence, files.copyrights, files.has_other_parts)
