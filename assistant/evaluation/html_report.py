"""A run as one HTML file: the grid, then each case with its answers side by side, what failed, and what changed.

The file holds no script, fetches nothing, and says so in its Content-Security-Policy: answers are text from a model.
"""

import base64
import hashlib
from collections.abc import Sequence
from importlib.resources import files as package_files
from pathlib import Path

from assistant.evaluation.comparison import Change, Comparison, Verdict, answer_diff
from assistant.evaluation.grid import Cell, cells
from assistant.evaluation.model import Answered, Outcome, Run
from assistant.markup import badge, element, text

_NO_CAUSE = "Question, model and index are as they were; the answers vary."
_KINDS = {Verdict.WORSE: "bad", Verdict.BETTER: "good", Verdict.CHANGED: "warn", Verdict.SAME: ""}


def html_report(run: Run, comparison: Comparison | None = None) -> str:
    """Return the report.

    :param comparison: of this run with an earlier one.
    """
    return _Report(run, comparison).page()


class _Report:
    """One report while it is written."""

    def __init__(self, run: Run, comparison: Comparison | None) -> None:
        self._run = run
        self._comparison = comparison
        self._cells = cells(run.answers)
        self._changes = {
            (change.now.case, change.now.backend): change
            for change in (comparison.changes if comparison else ())
        }
        self._cases = list(dict.fromkeys(cell.case for cell in self._cells))
        self._backends = list(dict.fromkeys(cell.backend for cell in self._cells))

    def page(self) -> str:
        style = package_files("assistant.evaluation").joinpath("report.css").read_text(encoding="utf-8")
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
        policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
        title = text(f"{Path(self._run.suite).name}: {self._passed()}")
        body = self._head() + self._grid() + "".join(map(self._case, range(len(self._cases))))
        return (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
            '<meta name="referrer" content="no-referrer">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
        )

    def _passed(self) -> str:
        passed = sum(answer.passed for answer in self._run.answers)
        return f"{passed} of {len(self._run.answers)} passed"

    def _head(self) -> str:
        run = self._run
        state = "" if run.complete else " " + badge("interrupted", "warn")
        about = f"{run.repository} · {run.started} · assist {run.version} · index {run.index_generation}"
        head = element("h1", text(f"{Path(run.suite).name}: {self._passed()}") + state)
        head += element("p", text(about), kind="soft")
        if self._comparison is not None:
            found = self._comparison
            counts = ", ".join(f"{len(found.of(verdict))} {verdict}" for verdict in Verdict)
            head += element("p", text(f"Compared with the run of {found.before.started}: {counts}."))
        return head

    def _grid(self) -> str:
        by_place = {(cell.case, cell.backend): cell for cell in self._cells}
        heads = "".join(element("th", text(name), scope="col") for name in ("Case", *self._backends))
        rows = []
        for number, case in enumerate(self._cases):
            row = element("th", element("a", text(case), href=f"#case-{number}"), scope="row")
            for backend in self._backends:
                row += element("td", self._summary(by_place.get((case, backend))), kind="number")
            rows.append(element("tr", row))
        table = element("table", element("thead", element("tr", heads)) + element("tbody", "".join(rows)))
        return element("div", table, kind="scroll")

    def _summary(self, cell: Cell | None) -> str:
        if cell is None:
            return element("span", "not asked", kind="soft")
        passed = badge(
            f"{cell.passed}/{len(cell.answers)}", "good" if cell.passed == len(cell.answers) else "bad"
        )
        tokens = f" · {cell.tokens:,} tokens" if cell.tokens is not None else ""
        about = element("span", text(f" {cell.median_ms:,.0f} ms{tokens} "), kind="soft")
        change = self._changes.get((cell.case, cell.backend))
        if change is None or change.verdict is Verdict.SAME:
            return passed + about
        return passed + about + badge(change.verdict, _KINDS[change.verdict])

    def _case(self, number: int) -> str:
        name = self._cases[number]
        panels = "".join(self._panel(cell) for cell in self._cells if cell.case == name)
        return element("h2", text(name), id=f"case-{number}") + element("div", panels, kind="answers")

    def _panel(self, cell: Cell) -> str:
        models = ", ".join(model for model in cell.models if model != cell.backend)
        head = element("h3", text(cell.backend) + (element("span", text(f" {models}"), kind="soft")))
        change = self._changes.get((cell.case, cell.backend))
        first, *others = cell.answers
        body = head + _answer(first) + (_changed(change) if change else "")
        if others:
            label = f"{len(others)} more answer{'s' * (len(others) > 1)}"
            passed = sum(answer.passed for answer in others)
            more = "".join(_answer(answer) for answer in others)
            summary = element("summary", text(f"{label}, {passed} passed"))
            body += element("details", summary + more, open="open" if passed < len(others) else "")
        return element("section", body, kind="answer")


def _answer(answer: Answered) -> str:
    outcome = answer.outcome
    verdict = badge("passed", "good") if answer.passed else badge("failed", "bad")
    first = f"first word {outcome.first_token_ms:,.0f} ms, " if outcome.first_token_ms is not None else ""
    tokens = f" · {outcome.completion_tokens:,} tokens" if outcome.completion_tokens is not None else ""
    facts = element("span", text(f" {first}total {outcome.total_ms:,.0f} ms{tokens}"), kind="soft")
    failures = "".join(element("li", text(line)) for line in answer.failures)
    lines = element("ul", failures, kind="bad") if failures else ""
    return element("p", verdict + facts) + lines + (element("pre", _marked(outcome)) if outcome.text else "")


def _marked(outcome: Outcome) -> str:
    """Return the answer's text with its citations marked; they come in its order."""
    parts, position = [], 0
    for cited in outcome.citations:
        start = outcome.text.find(cited.text, position)
        if start < 0 or not cited.text:
            continue
        parts.append(text(outcome.text[position:start]))
        if cited.true:
            place = f"true: {cited.path}:{cited.start_line}-{cited.end_line}"
            parts.append(element("cite", text(cited.text), kind="good", title=place))
        else:
            parts.append(element("cite", text(cited.text), kind="bad"))
            parts.append(element("span", text(f" \N{BALLOT X} {cited.reason}"), kind="why"))
        position = start + len(cited.text)
    return "".join(parts) + text(outcome.text[position:])


def _changed(change: Change) -> str:
    """Return what is different from the earlier run: how it did, why, and the first answer's lines."""
    if change.verdict is Verdict.SAME:
        return ""
    before, now = change.before, change.now
    passed = f"{before.passed}/{len(before.answers)} passed before"
    causes = f"What is not as it was: {'; '.join(change.causes)}." if change.causes else _NO_CAUSE
    head = badge(change.verdict, _KINDS[change.verdict]) + text(f" {passed}. {causes}")
    diff = answer_diff(before.answers[0].outcome.text, now.answers[0].outcome.text)
    shown = element("pre", _diff_lines(diff)) if diff else element("p", "The first answer reads as before.")
    return element("div", element("p", head) + shown, kind="diff")


def _diff_lines(lines: Sequence[str]) -> str:
    tags = {"+": "ins", "-": "del"}
    return "".join(
        element(tags[line[0]], text(line)) if line[:1] in tags else text(line) + "\n" for line in lines
    )
