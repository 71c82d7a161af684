import pytest

from assistant.answers.questions import Question, Shape, understand


@pytest.mark.parametrize(
    ("raw", "shape", "subject", "verb"),
    [
        ("where are PDFs parsed?", Shape.VERB, "PDFs", "parsed"),
        ("Where is the request body read", Shape.VERB, "the request body", "read"),
        ("where do we parse PDFs?", Shape.OTHER, "", ""),
        ("where is the CSRF token checked?", Shape.VERB, "the CSRF token", "checked"),
        ("where are files split into chunks?", Shape.VERB, "files", "split"),
        ("where is the seed embed layer built", Shape.VERB, "the seed embed layer", "built"),
        ("where is TCPConnector defined?", Shape.DEFINED, "TCPConnector", ""),
        ("where is the index written?", Shape.VERB, "the index", "written"),
        ("where is the log rewritten?", Shape.VERB, "the log", "rewritten"),
        ("where's the Session class?", Shape.DEFINED, "the Session", ""),
        ("definition of `parse_url`", Shape.DEFINED, "`parse_url`", ""),
        ("what calls parse_url()?", Shape.CALLERS, "parse_url()", ""),
        ("who uses the Session class", Shape.CALLERS, "the Session", ""),
        ("where is Session.close called from?", Shape.CALLERS, "Session.close", ""),
        ("find all usages of retry", Shape.CALLERS, "retry", ""),
        ("where is CookieJar tested?", Shape.TESTS, "CookieJar", ""),
        ("which tests cover the cookie jar?", Shape.TESTS, "the cookie jar", ""),
        ("how is retry tested", Shape.TESTS, "retry", ""),
        ("how does connection pooling work?", Shape.HOW, "connection pooling", ""),
        ("how are templates compiled?", Shape.HOW, "templates", "compiled"),
        ("how is logging done", Shape.HOW, "logging", "done"),
        ("what does MigrationExecutor do?", Shape.WHAT, "MigrationExecutor", ""),
        ("what is a Router?", Shape.WHAT, "a Router", ""),
        ("retry with backoff", Shape.OTHER, "", ""),
        ("", Shape.OTHER, "", ""),
    ],
)
def test_shapes(raw: str, shape: Shape, subject: str, verb: str) -> None:
    found = understand(raw)
    assert (found.shape, found.subject, found.verb) == (shape, subject, verb)


@pytest.mark.parametrize(("raw", "plural"), [("where are PDFs parsed", True), ("where is it parsed", False)])
def test_number_follows_the_question(raw: str, plural: bool) -> None:
    assert understand(raw).plural is plural


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("`parse_url`", "parse_url"),
        ("the Session", "Session"),
        ("the index", ""),
        ("index", "index"),
        ("the `index`", "index"),
        ("parse_url()", "parse_url"),
        ("Sinatra::Base", "Sinatra::Base"),
        ("connection pooling", ""),
        ("", ""),
    ],
)
def test_a_subject_of_one_identifier_is_a_name(subject: str, name: str) -> None:
    assert Question(Shape.DEFINED, subject).name == name


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("where are secrets found?", ""),
        ("where is secrets found?", "secrets"),
        ("where are PDFs defined?", "PDFs"),
        ("where are max_sizes set?", "max_sizes"),
    ],
)
def test_an_ordinary_word_in_the_plural_is_no_name(raw: str, name: str) -> None:
    assert understand(raw).name == name


@pytest.mark.parametrize(
    ("raw", "asks"),
    [
        ("how do I add a rule?", True),
        ("How can we take a snapshot", True),
        ("how to exclude files", True),
        ("how does caching work?", False),
        ("where are rules added?", False),
    ],
)
def test_who_wants_to_do_something_is_known(raw: str, asks: bool) -> None:
    assert understand(raw).asks_how_to is asks


@pytest.mark.parametrize(
    ("raw", "framed"),
    [
        ("who calls the page loader?", {"calls"}),
        ("what implements the page loader?", {"implements"}),
        ("how does the page loader work?", {"work"}),
        ("where are the calls of a phone stored?", set()),
    ],
)
def test_words_that_only_ask_are_not_looked_for(raw: str, framed: set[str]) -> None:
    assert understand(raw).frame & set(raw.rstrip("?").split()) == framed
