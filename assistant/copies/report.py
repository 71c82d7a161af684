"""A check as one HTML file: what is to be done first, by verdict and licence, with both passages side by side.

The file holds no script, fetches nothing, and says so in its Content-Security-Policy: every text in it is from somebody
else's files.
"""

import base64
import hashlib
from collections import Counter
from collections.abc import Sequence
from importlib.resources import files as package_files

from assistant.copies.licences import Confidence
from assistant.copies.model import CopyFinding, CopyKind, CopyLevel
from assistant.copies.policy import Verdict
from assistant.copies.review import Review
from assistant.markup import badge, element, text

_KINDS = {Verdict.ALLOW: "good", Verdict.REVIEW: "warn", Verdict.DENY: "bad"}
_MOST_LINES = 400


def html_report(review: Review, name: str, made: str = "") -> str:
    """Return the report.

    :param name: of what was checked.
    :param made: when, by what and against what, a line.
    """
    style = package_files("assistant.copies").joinpath("report.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    title = f"{name}: {len(review.findings)} copies in {review.files} files"
    body = element("h1", text(title)) + (element("p", text(made), kind="soft") if made else "")
    body += _summary(review.findings)
    groups = (
        ("To act on", review.to_act_on),
        ("Hints", review.hints),
        ("Settled: allowed, accepted or given credit", review.settled),
    )
    for heading, findings in groups:
        if findings:
            ordered = sorted(findings, key=_order)
            body += element("h2", text(f"{heading} ({len(findings)})")) + "".join(map(_finding, ordered))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{text(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _order(finding: CopyFinding) -> tuple[int, str, str, int]:
    return -finding.verdict, finding.source.licence.expression, finding.path, finding.start_line


def _summary(findings: Sequence[CopyFinding]) -> str:
    """Return a table of how many copies there are by licence and verdict."""
    if not findings:
        return element("p", "Nothing was found.")
    counts = Counter((one.source.licence.expression, one.verdict) for one in findings)
    head = "".join(element("th", text(name), scope="col") for name in ("Licence", "Verdict", "Copies"))
    rows = [
        element("td", text(licence))
        + element("td", badge(verdict.name.lower(), _KINDS[verdict]))
        + element("td", str(number), kind="number")
        for (licence, verdict), number in sorted(counts.items(), key=lambda item: (-item[0][1], -item[1]))
    ]
    body = "".join(element("tr", row) for row in rows)
    return element("table", element("thead", element("tr", head)) + element("tbody", body))


def _finding(finding: CopyFinding) -> str:
    source = finding.source
    like = "is copied from" if finding.level is CopyLevel.WARNING else "is much like"
    if finding.kind is CopyKind.DUPLICATE:
        like = "repeats"
    where = f"{finding.path}:{finding.start_line}-{finding.end_line}"
    head = element("h3", f"{text(where)} {like} {text(source.title)} " + _badges(finding))
    sure = "" if source.licence.confidence is Confidence.SURE else " (not certain)"
    facts = (
        f"{source.licence.expression}{sure} · {finding.ruling.reason} · {finding.matched_tokens} tokens alike"
    )
    if not finding.is_verified:
        facts += " by their fingerprints; the corpus has no text to compare with, its lines are estimated"
    head += element("p", text(facts), kind="soft")
    if finding.suppressed:
        head += element("p", text(f"Accepted: {finding.suppressed}"))
    ours = _passage(where, finding.start_line, finding.text)
    theirs = _passage(f"{source.title} · {source.lines}", source.start_line, source.text)
    others = "".join(
        element("li", text(f"{one.title} ({one.licence.expression}), {one.lines}"))
        for one in finding.sources[1:]
    )
    foot = element("p", "Also in:", kind="soft") + element("ul", others) if others else ""
    credit = "<br>".join(map(text, source.attribution.lines))
    foot += element(
        "details", element("summary", "Licence and credit") + element("p", credit) + _evidence(finding)
    )
    return element("section", head + element("div", ours + theirs, kind="passages") + foot, kind="finding")


def _badges(finding: CopyFinding) -> str:
    return badge(finding.verdict.name.lower(), _KINDS[finding.verdict]) + " " + badge(finding.level.value, "")


def _evidence(finding: CopyFinding) -> str:
    said = [*finding.source.licence.evidence, *filter(None, [finding.source.url, finding.source.revision])]
    return element("ul", "".join(element("li", text(one)) for one in said)) if said else ""


def _passage(title: str, first: int, passage: str) -> str:
    lines = passage.split("\n")
    shown = "\n".join(f"{number:>5}  {line}" for number, line in enumerate(lines[:_MOST_LINES], first))
    if len(lines) > _MOST_LINES:
        shown += f"\n… {len(lines) - _MOST_LINES} more lines"
    return element("figure", element("figcaption", text(title)) + element("pre", text(shown)))
