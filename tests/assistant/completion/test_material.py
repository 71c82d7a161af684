"""Related code for a prompt: found in the index and in open files, in time or not at all."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest

from assistant.completion import RecentFile
from assistant.completion.material import Gatherer, Why
from assistant.completion.material.fragments import around, words_of
from assistant.completion.material.indexed import SimilarChunks, definitions
from assistant.completion.material.windows import RecentWindows, similarity
from assistant.engine import Engine
from assistant.retrieval.search import Source
from tests.assistant.completion.support import at
from tests.assistant.search_support import FILES


def test_similarity_is_jaccards() -> None:
    assert similarity(frozenset("abc"), frozenset("bcd")) == 0.5
    assert similarity(frozenset(), frozenset()) == 0.0


def test_the_nearest_window_of_each_file_is_found() -> None:
    filler = [f"unrelated_{number} = {number}" for number in range(100)]
    target = ["def open_socket(host, port):", "    return socket.create(host, port, timeout)"]
    file = RecentFile("b.py", "\n".join([*filler, *target, *filler]))
    words = words_of("socket = open_socket(host, port, timeout)")
    (fragment,) = RecentWindows().similar(words, [file, RecentFile("c.py", "\n".join(filler))], lambda: True)
    assert (fragment.path, fragment.why) == ("b.py", Why.RECENT)
    assert fragment.start_line <= 101 <= 102 <= fragment.end_line
    assert fragment.text.split("\n") == file.text.split("\n")[fragment.start_line - 1 : fragment.end_line]


def test_no_file_is_looked_at_when_time_is_up() -> None:
    file = RecentFile("b.py", "host port")
    assert list(RecentWindows().similar(words_of("host port"), [file], lambda: False)) == []


def test_what_is_around_the_cursor() -> None:
    text = "\n".join(f"line{number}" for number in range(200))
    near = around(at(text.replace("line100", "line‸100")))
    assert near.split("\n")[0] == "line60"
    assert near.split("\n")[-1] == "line104"


@pytest.fixture
def use(acme: Path) -> str:
    """A document that uses what the repository defines."""
    return "from acme.net.tcp import ConnectionPool\n\n\ndef start() -> None:\n    pool = ConnectionPool(‸\n"


def test_definitions_of_what_is_in_sight(acme: Path, acme_engine: Engine, use: str) -> None:
    source = acme_engine.source(acme)
    assert source is not None
    found = list(definitions(source, "start.py", use.replace("‸", ""), lambda: True))
    path = next(path for path in FILES if path.endswith("tcp.py"))
    assert [(item.path, item.why) for item in found] == [(path, Why.DEFINITION)]
    assert "class ConnectionPool:" in found[0].text


def test_similar_chunks_are_of_other_files(acme: Path, acme_engine: Engine) -> None:
    source = acme_engine.source(acme)
    assert source is not None
    path = next(path for path in FILES if path.endswith("tcp.py"))
    text = FILES[path]
    near = text if isinstance(text, str) else text.decode()
    elsewhere = list(SimilarChunks().similar(source, "other.py", near, lambda: True))
    assert elsewhere[0].path == path
    assert all(item.path != path for item in SimilarChunks().similar(source, path, near, lambda: True))


@pytest.mark.asyncio
async def test_all_sources_are_gathered(acme: Path, acme_engine: Engine, use: str) -> None:
    gatherer = Gatherer(acme_engine)
    recent = (RecentFile("open.py", "def start() -> None:\n    pool = ConnectionPool(4)\n"),)
    found = await gatherer.gather(at(use, root=acme, path="start.py", recent=recent), 20.0)
    assert {item.why for item in found} >= {Why.RECENT, Why.DEFINITION}
    gatherer.close()


@pytest.mark.asyncio
async def test_a_folder_without_an_index_has_its_open_files(tmp_path: Path, acme_engine: Engine) -> None:
    recent = (RecentFile("open.py", "def start() -> None:\n    pool = ConnectionPool(4)\n"),)
    gatherer = Gatherer(acme_engine)
    found = await gatherer.gather(at("pool = ConnectionPool(‸", root=tmp_path, recent=recent), 20.0)
    assert [item.why for item in found] == [Why.RECENT]
    gatherer.close()


@pytest.mark.asyncio
async def test_a_slow_index_is_not_waited_for(acme: Path, acme_engine: Engine, use: str) -> None:
    let_go = Event()

    class Slow(Engine):
        def source(self, root: Path) -> Source | None:
            assert let_go.wait(20)
            return super().source(root)

    gatherer = Gatherer(Slow(acme_engine.settings))
    recent = (RecentFile("open.py", "def start() -> None:\n    pool = ConnectionPool(4)\n"),)
    request = at(use, root=acme, path="start.py", recent=recent)
    found = await gatherer.gather(request, 0.5)
    assert {item.why for item in found} <= {Why.RECENT}
    assert await gatherer.gather(request, 0.5) == []  # nobody queues behind it
    let_go.set()
    gatherer.close()


@pytest.mark.asyncio
async def test_who_types_on_nearby_gets_the_same_material(acme: Path, acme_engine: Engine, use: str) -> None:
    gatherer = Gatherer(acme_engine)
    first = await gatherer.gather(at(use, root=acme, path="start.py"), 20.0)
    assert first
    typed = use.replace("‸", "size‸")
    assert await gatherer.gather(at(typed, root=acme, path="start.py"), 20.0) == first
    elsewhere = at("\n" * 9 + "x = ‸", root=acme, path="start.py")
    assert await gatherer.gather(elsewhere, 20.0) != first
    other = at("x = ‸", root=acme, path="other.py")
    assert await gatherer.gather(other, 20.0) != first
    gatherer.close()
