"""One box: what is a search, what a question, what a stack trace."""

import pytest

from assistant.retrieval.intent import Intent, intent_of

TRACE = 'Traceback (most recent call last):\n  File "src/a.py", line 3, in f\nValueError: no tea'


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("TCPConnector", Intent.SEARCH),
        ("PdfReader.parse", Intent.SEARCH),
        ("Sinatra::Base", Intent.SEARCH),
        ("list_files", Intent.SEARCH),
        ("src/net/tcp.py:12", Intent.SEARCH),
        ('"connection reset"', Intent.SEARCH),
        ("/def (get|set)_\\w+/", Intent.SEARCH),
        ("lang:go retry", Intent.SEARCH),
        ("retry with backoff", Intent.SEARCH),
        ("close connection pool", Intent.SEARCH),
        ("", Intent.SEARCH),
        ("where are PDFs parsed?", Intent.QUESTION),
        ("where are PDFs parsed", Intent.QUESTION),
        ("how do I run the tests", Intent.QUESTION),
        ("explain TCPConnector", Intent.QUESTION),
        ("is it thread safe", Intent.QUESTION),
        ("and who calls it?", Intent.QUESTION),
        ("why?", Intent.QUESTION),
        ("show me the router", Intent.QUESTION),
        ("the parser crashes on empty input files", Intent.QUESTION),
        ("retry with backoff?", Intent.QUESTION),
        (TRACE, Intent.TRACE),
        (f"why does this fail?\n{TRACE}", Intent.QUESTION),
        ("src/a.go:3:1: error: undefined: tea\nsrc/a.go:9:1: error: undefined: pot", Intent.TRACE),
    ],
)
def test_intents(text: str, intent: Intent) -> None:
    assert intent_of(text) is intent
