"""A follow-up is understood with the turns before."""

import pytest

from assistant.conversation import Subject, understood

PARSER = Subject("where is PdfReader.parse defined?", ("PdfReader.parse",))
PDFS = Subject("where are PDFs parsed?", ("PdfReader.parse", "Importer.load"))
WORDS = Subject("where are sessions stored?")


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        ([PARSER], "and who calls it?", "who calls PdfReader.parse?"),
        ([PARSER], "where is it tested?", "where is PdfReader.parse tested?"),
        ([PARSER], "what are its parameters?", "what are PdfReader.parse's parameters?"),
        ([PARSER], "what about tests?", "tests PdfReader.parse"),
        ([PARSER], "show me that function", "show me PdfReader.parse"),
        ([PARSER], "why?", "where is PdfReader.parse defined?"),
        ([PDFS], "who calls it?", "who calls PdfReader.parse?"),
        ([WORDS], "are they encrypted?", "are sessions stored encrypted?"),
        ([PARSER, WORDS, Subject("")], "are they encrypted?", "are sessions stored encrypted?"),
        ([PARSER], "how is the router built?", "how is the router built?"),
        ([PARSER], "who calls TCPConnector?", "who calls TCPConnector?"),
        ([PARSER], "and where is `pool_of` used?", "and where is `pool_of` used?"),
        ([], "and who calls it?", "and who calls it?"),
    ],
)
def test_follow_ups(before: list[Subject], question: str, expected: str) -> None:
    assert understood(question, before) == expected
