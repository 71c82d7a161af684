"""The report: one file, nothing fetched, nothing run, and everything in it is text."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluation import compare, html_report
from tests.assistant.evaluation.runs import TRUE, UNTRUE, answered, run_of

HOSTILE = '<script>alert(1)</script><img src="https://evil.example/x.png" onerror=x>\u202e</pre><style>'
VOID = {"meta"}


class Page(HTMLParser):
    """What a browser would make of the report."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((self._open[-1] if self._open else "", data))

    def of(self, tag: str, kind: str = "") -> list[str]:
        """Return the texts directly in elements of a name."""
        return [text for name, text in self.texts if name == tag and kind in text]

    @property
    def names(self) -> set[str]:
        return {tag for tag, _ in self.tags}


TAGS = frozenset(
    "html head meta title style body h1 h2 h3 p div table thead tbody tr th td a span section ul li pre cite details "
    "summary ins del".split()
)


def check_harmless(html: str) -> Page:
    page = Page(html)
    assert page.names <= TAGS
    for _, attributes in page.tags:
        assert attributes.keys() <= {
            "lang", "charset", "http-equiv", "content", "name", "scope", "href", "class", "id", "title", "open"
        }  # fmt: skip
        assert re.fullmatch(r"#case-\d+", attributes.get("href") or "#case-0")
    return page


def test_nothing_that_is_answered_becomes_markup() -> None:
    run = run_of(
        answered(HOSTILE, HOSTILE, HOSTILE, text=HOSTILE, model=HOSTILE), repository=HOSTILE, version=HOSTILE
    )
    page = check_harmless(html_report(run))
    shown = HOSTILE.replace("\u202e", "\\u202e")
    assert page.of("pre") == page.of("li") == page.of("h2") == [shown]


@given(st.text(), st.text())
def test_any_text_is_only_text(case: str, text: str) -> None:
    before = run_of(answered(case, "x", text="b"))
    run = run_of(answered(case, "x", text, text=text))
    check_harmless(html_report(run, compare(run, before)))


def test_the_policy_allows_this_style_and_nothing_else() -> None:
    html = html_report(run_of(answered("a", "x")))
    style = re.search("<style>(.*?)</style>", html, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style.group(1).encode()).digest()).decode()
    policies = [
        tag["content"] for _, tag in Page(html).tags if tag.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policies == [
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    ]
    assert "url(" not in style.group(1)
    assert "@import" not in style.group(1)
    assert "prefers-color-scheme: dark" in style.group(1)


def test_citations_are_marked_true_or_untrue_where_they_stand() -> None:
    text = f"In {TRUE.text}, not {UNTRUE.text}; {TRUE.text}."
    page = Page(html_report(run_of(answered("a", "x", text=text, citations=(TRUE, UNTRUE, TRUE)))))
    marks = [attributes["class"] for tag, attributes in page.tags if tag == "cite"]
    assert marks == ["good", "bad", "good"]
    assert page.of("cite") == [TRUE.text, UNTRUE.text, TRUE.text]
    assert " \N{BALLOT X} no such file" in page.of("span")
    assert page.of("pre") == ["In ", ", not ", "; ", "."]


def test_what_failed_is_not_hidden() -> None:
    def opened(*failures: str) -> list[bool]:
        run = run_of(answered("a", "x"), answered("a", "x", *failures, repetition=2))
        return ["open" in attributes for tag, attributes in Page(html_report(run)).tags if tag == "details"]

    assert (opened(), opened("contains: tea: the answer is empty")) == ([False], [True])


def test_answers_stand_side_by_side_with_what_changed() -> None:
    before = run_of(answered("a", "x", text="tea\nsame"), answered("a", "y", text="cups"))
    run = run_of(
        answered("a", "x", "contains: tea: the answer is empty", text="coffee\nsame", model="m2"),
        answered("a", "x", repetition=2, text="tea"),
        answered("a", "y", text="cups"),
        complete=False,
    )
    page = Page(html_report(run, compare(run, before)))
    assert page.of("title") == ["questions.yaml: 2 of 3 passed"]
    assert page.of("h3") == ["x", "y"]
    assert (page.of("del"), page.of("ins")) == (["-tea"], ["+coffee"])
    assert page.of("p", "What is not") == [" 1/1 passed before. What is not as it was: model: m1 -> m2, m1."]
    assert page.of("summary") == ["1 more answer, 1 passed"]
    assert [text for tag, text in page.texts if tag == "span" and text in ("worse", "interrupted")] == [
        "interrupted", "worse", "worse"
    ]  # fmt: skip
