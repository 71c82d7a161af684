"""What is suggested in small real projects, where nothing is, and that any text is survived."""

import random
import threading
from pathlib import Path

import pytest

from assistant.completion.local import LocalCompleter, RepositoryFile
from assistant.completion.model import CompletionRequest, RecentFile, Trigger

ROOT = Path(__file__).parents[4]

HANDLERS = """import json

from web import Response


def get_user(request):
    user = find_user(request.params["id"])
    if user is None:
        return Response(status=404, body="not found")
    return Response(status=200, body=json.dumps(user.as_dict()))


def get_order(request):
    order = find_order(request.params["id"])
    if order is None:
        return Response(status=404, body="not found")
    return Response(status=200, body=json.dumps(order.as_dict()))


def get_invoice(request):
    invoice = find_invoice(request.params["id"])
    if invoice is None:
        return Response(status=404, body="not found")
    return Response(status=200, body=json.dumps(invoice.as_dict()))
"""


@pytest.fixture(scope="module")
def completer(tmp_path_factory: pytest.TempPathFactory) -> LocalCompleter:
    """One that learned from a part of this project and from a small web service."""
    files = [
        RepositoryFile(f"indexer/discovery/{file.name}", file.read_text("utf-8"), "python")
        for file in sorted((ROOT / "indexer" / "discovery").glob("*.py"))
    ]
    files.append(RepositoryFile("web/handlers.py", HANDLERS, "python"))
    return LocalCompleter.build(tmp_path_factory.mktemp("corpus"), files)


def suggest(
    completer: LocalCompleter,
    text: str,
    path: str = "web/handlers.py",
    language: str = "python",
    trigger: Trigger = Trigger.AUTOMATIC,
    recent: tuple[RecentFile, ...] = (),
) -> str | None:
    """Return what is suggested where ``|`` stands."""
    before, _, after = text.partition("|")
    request = CompletionRequest(ROOT, path, before + after, len(before), language, None, trigger, recent)
    found = completer.suggest(request, deadline_s=10)
    assert all(item.replace_start == item.replace_end == len(before) for item in found)
    return found[0].text if found else None


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("\n\ndef get_thing(request):\n    thing = find_thing(request.|", 'params["id"])'),
        ("\n\ndef get_thing(request):\n    thing = find_thing(request.par|", 'ams["id"])'),
        (
            "\n\ndef get_thing(request):\n    thing = get(1)\n    if thing is None:\n        return Resp|",
            'onse(status=404, body="not found")',
        ),
        ("\n\ndef get_thing(request):\n    thing = get(1)\n    if thing is |", "None:"),
    ],
)
def test_the_rest_of_a_line_that_the_file_has_told(
    completer: LocalCompleter, typed: str, wanted: str
) -> None:
    shown = suggest(completer, HANDLERS + typed, trigger=Trigger.INVOKED)
    assert shown is not None
    assert wanted.startswith(shown)
    assert len(shown) >= 4


def test_the_pattern_of_earlier_lines_is_followed_with_the_new_name(completer: LocalCompleter) -> None:
    typed = "\n".join(f"        self.{name} = {name}" for name in ("width", "height", "depth"))
    text = (
        f"class Box:\n    def __init__(self, width, height, depth, colour):\n{typed}\n        self.colour = "
    )
    found = completer.next_tokens(CompletionRequest(ROOT, "web/box.py", text, len(text), "python"))
    assert found[0][0] == "colour"


def test_text_that_is_not_saved_counts_at_once(completer: LocalCompleter) -> None:
    body = "".join(f'    frobnicate_all(widgets, level={at}, mode="careful")\n' for at in range(4))
    shown = suggest(completer, f"def run(widgets):\n{body}    frob|", path="web/new.py")
    assert shown is not None
    assert shown.startswith("nicate_all(widgets, level=")


def test_open_files_count(completer: LocalCompleter) -> None:
    other = "def paint(canvas):\n" + "    canvas.stroke_rectangle(left, top, right, bottom)\n" * 3
    typed = "def draw(canvas):\n    canvas.stroke_rec|"
    recent = (RecentFile("web/shapes.py", other, "python"),)
    shown = suggest(completer, typed, path="web/new.py", trigger=Trigger.INVOKED, recent=recent)
    assert shown is not None
    assert shown.startswith("tangle(left, top")


def test_a_closing_bracket_behind_the_cursor_is_not_written_again(completer: LocalCompleter) -> None:
    typed = "\n\ndef get_thing(request):\n    thing = find_thing(request.|)\n"
    shown = suggest(completer, HANDLERS + typed, trigger=Trigger.INVOKED)
    assert shown == 'params["id"]'


@pytest.mark.parametrize(
    "text",
    [
        HANDLERS + "\n# return Response(status=404, |",
        HANDLERS + '\nx = "return Response(status=404, |',
        HANDLERS + '\n"""\nreturn Response(status=404, |',
        HANDLERS + "\nx = 1 if thing is | other than that\n",
        "|",
        "\n\n|\n",
        "x" * 5000 + "(|",
    ],
    ids=["comment", "string", "docstring", "text behind", "empty", "blank", "long line"],
)
def test_silence(completer: LocalCompleter, text: str) -> None:
    assert suggest(completer, text) is None


def test_nothing_is_suggested_after_the_deadline(completer: LocalCompleter) -> None:
    text = HANDLERS + "\n\ndef get_thing(request):\n    thing = get(1)\n    if thing is "
    assert (
        completer.suggest(CompletionRequest(ROOT, "web/handlers.py", text, len(text), "python"), -1.0) == []
    )


def test_next_tokens_are_probabilities_best_first(completer: LocalCompleter) -> None:
    text = HANDLERS + "\n\ndef get_thing(request):\n    thing = find_thing(request"
    found = completer.next_tokens(CompletionRequest(ROOT, "web/handlers.py", text, len(text), "python"))
    assert found[0][0] in (".", ")")
    chances = [chance for _, chance in found]
    assert chances == sorted(chances, reverse=True)
    assert 0 < sum(chances) <= 1.0001


def test_a_file_that_is_gone_does_not_count(tmp_path: Path) -> None:
    lone = "".join(f"do_something_odd(alpha, {at})\n" for at in range(5))
    completer = LocalCompleter.build(tmp_path, [RepositoryFile("a.py", lone, "python")])
    before = completer.next_tokens(CompletionRequest(ROOT, "b.py", "do_something_odd", 16, "python"))
    completer.update("a.py", None)
    after = completer.next_tokens(CompletionRequest(ROOT, "b.py", "do_something_odd", 16, "python"))
    completer.restore("a.py")
    again = completer.next_tokens(CompletionRequest(ROOT, "b.py", "do_something_odd", 16, "python"))
    assert before[0][0] == "("
    assert after[:1] == [] or after[0][0] != "("
    assert again == before


def test_any_text_is_survived(completer: LocalCompleter) -> None:
    generator = random.Random(1)
    letters = [
        "\n",
        " ",
        '"',
        "'",
        "/",
        "*",
        "\\",
        "a",
        "\x00",
        "\ud800",
        "\U0001f600",
        "é",
        "{",
        "(",
        "\r\n",
        "\t",
        "#",
    ]
    for round_ in range(40):
        text = "".join(generator.choice(letters) for _ in range(300))
        for language in ("python", "c", "nonsense"):
            offset = generator.randrange(len(text) + 1)
            request = CompletionRequest(ROOT, f"junk{round_ % 3}", text, offset, language)
            for item in completer.suggest(request, 10):
                assert 0 < item.confidence <= 1
                assert "\n" not in item.text


def test_readers_and_a_writer_at_once(completer: LocalCompleter) -> None:
    failures: list[BaseException] = []
    text = HANDLERS + "\n\ndef get_thing(request):\n    thing = get(1)\n    if thing is "

    def read(name: str) -> None:
        try:
            for at in range(0, 40):
                cut = len(text) - at * 3
                completer.suggest(CompletionRequest(ROOT, name, text[:cut], cut, "python"), 10)
        except BaseException as error:  # the test's own boundary: whatever happens in a thread is reported
            failures.append(error)

    threads = [threading.Thread(target=read, args=(f"web/handlers{n % 2}.py",)) for n in range(3)]
    for thread in threads:
        thread.start()
    for at in range(60):
        completer.update(f"web/extra{at % 5}.py", f"word_{at} = other_{at}\n")
    for thread in threads:
        thread.join()
    assert failures == []
