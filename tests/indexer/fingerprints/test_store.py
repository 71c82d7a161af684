"""The fingerprint store as its users see it: put, look up, replace, remove, merge, open again."""

import multiprocessing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.discovery import content_hash_of
from indexer.fingerprints.condensing import MAX_POSTINGS
from indexer.fingerprints.errors import StoreBusyError, UnknownContentError
from indexer.fingerprints.model import FileInput, Origin, TextProblem
from indexer.fingerprints.store import FingerprintStore
from tests.indexer.fingerprints.store_samples import content_hash, file, found, origin


def test_a_folder_without_store_is_empty(tmp_path: Path) -> None:
    store = FingerprintStore.open(tmp_path / "none")
    hits = store.lookup(np.array([1, 2], np.uint64))
    assert hits.query_index.size == 0
    assert hits.common.tolist() == [False, False]
    assert (store.origins(), store.problems) == ([], [])
    assert not (tmp_path / "none").exists()


def test_a_fingerprint_is_found_with_place_and_position(tmp_path: Path) -> None:
    store = FingerprintStore(tmp_path)
    store.put(origin("a"), [file("x.py", [5, 6, 7]), file("y.py", [7, 8])])
    assert found(store.snapshot, [7, 99, 5]) == {
        (7, "a", "x.py", 2),
        (7, "a", "y.py", 0),
        (5, "a", "x.py", 0),
    }
    assert FingerprintStore(tmp_path).origins() == store.origins()
    summary = store.origins()[0]
    assert (summary.files, summary.source_bytes, summary.needs_rebuild) == (2, 50, "")


def test_hits_are_ordered_and_looked_up_per_query(tmp_path: Path) -> None:
    store = FingerprintStore(tmp_path)
    store.put(origin("a"), [file("x.py", [5, 5, 6])])
    hits = store.lookup(np.array([6, 5, 6], np.uint64))
    assert hits.query_index.tolist() == [0, 1, 1, 2]
    assert hits.position.tolist() == [2, 0, 1, 2]


def test_one_content_in_several_places_is_stored_once(tmp_path: Path) -> None:
    store = FingerprintStore(tmp_path)
    store.put(origin("a"), [file("x.py", list(range(500)))])
    assert store.has([content_hash(repr(list(range(500)))), content_hash("other")]) == {
        content_hash(repr(list(range(500))))
    }
    known = FileInput("vendored/x.py", content_hash(repr(list(range(500)))))
    store.put(origin("b"), [known])
    hits = store.lookup(np.array([3], np.uint64))
    assert len(hits.content_id) == 1
    assert [(p.origin.key, p.path) for p in store.places(int(hits.content_id[0]))] == [
        ("a", "x.py"),
        ("b", "vendored/x.py"),
    ]
    assert sum(segment.entries for segment in store.snapshot.state.segments) == 500
    store.remove_origin("a")
    assert found(store.snapshot, [3]) == {(3, "b", "vendored/x.py", 3)}
    store.remove_origin("b")
    assert found(store.snapshot, [3]) == set()


def test_a_content_that_is_not_stored_needs_fingerprints(tmp_path: Path) -> None:
    store = FingerprintStore(tmp_path)
    with pytest.raises(UnknownContentError, match=r"x\.py"):
        store.put(origin("a"), [FileInput("x.py", content_hash("never seen"))])
    assert FingerprintStore(tmp_path).origins() == []


def test_nothing_is_published_when_the_block_raises(tmp_path: Path) -> None:
    store = FingerprintStore(tmp_path)
    store.put(origin("a"), [file("x.py", [1])])

    def write_and_fail() -> None:
        with store.writing() as writer:
            writer.put(origin("b"), [file("y.py", [2])])
            writer.remove_origin("a")
            raise KeyError

    with pytest.raises(KeyError):
        write_and_fail()
    assert found(FingerprintStore(tmp_path).snapshot, [1, 2]) == {(1, "a", "x.py", 0)}


def test_a_snapshot_stays_as_it_was(tmp_path: Path) -> None:
    store, writer = FingerprintStore(tmp_path), FingerprintStore(tmp_path)
    writer.put(origin("a"), [file("x.py", [1])])
    assert store.refresh()
    assert not store.refresh()
    snapshot = store.snapshot
    writer.put(origin("a"), [file("x.py", [2])])
    writer.remove_origin("a")
    writer.put(origin("b"), [file("z.py", [2])])
    assert found(snapshot, [1, 2]) == {(1, "a", "x.py", 0)}
    assert store.refresh()
    assert found(store.snapshot, [1, 2]) == {(2, "b", "z.py", 0)}


@pytest.mark.parametrize("split", [False, True])
def test_code_of_three_families_is_common(tmp_path: Path, split: bool) -> None:
    store = FingerprintStore(tmp_path)
    files = [("a", "one", [1, 2, 3]), ("b", "two", [1, 2, 4]), ("b2", "two", [2, 5]), ("c", "three", [1, 6])]
    if split:
        for key, family, hashes in files:
            store.put(origin(key, family), [file("f", hashes)])
    else:
        with store.writing() as writer:
            for key, family, hashes in files:
                writer.put(origin(key, family), [file("f", hashes)])
    hits = store.lookup(np.array([1, 2, 3, 9], np.uint64))
    assert hits.common.tolist() == [True, False, False, False]
    assert sorted(hits.query_index.tolist()) == [1, 1, 1, 2]


def test_few_postings_of_a_fingerprint_are_kept_in_many_contents(tmp_path: Path) -> None:
    store = FingerprintStore(tmp_path)
    store.put(origin("a"), [file("big", [7] * 30), *(file(f"{n}", [7, 100 + n]) for n in range(5))])
    places = [path for _, _, path, _ in found(store.snapshot, [7])]
    assert len(places) == MAX_POSTINGS
    assert set(places) == {"big", "0", "1", "2", "3", "4"}


def test_kept_text_is_returned_and_text_on_disk_is_verified(tmp_path: Path) -> None:
    root = tmp_path / "source"
    root.mkdir()
    (root / "x.py").write_text("print(1)\n")
    on_disk = FileInput(
        "x.py", content_hash_of(b"print(1)\n"), np.array([1], np.uint64), np.zeros(1, np.uint32), 1
    )
    store = FingerprintStore(tmp_path / "store")
    store.put(origin("disk", root=str(root)), [on_disk])
    store.put(origin("kept"), [file("y.py", [2], text="kept \udc80 text"), file("z.py", [3])])
    one, two, three = (int(store.lookup(np.array([n], np.uint64)).content_id[0]) for n in (1, 2, 3))
    assert store.text(one) == "print(1)\n"
    assert store.text(two) == "kept \udc80 text"
    assert store.text(three) is TextProblem.NOT_KEPT
    (root / "x.py").write_text("print(2)\n")
    assert store.text(one) is TextProblem.CHANGED
    (root / "x.py").unlink()
    assert store.text(one) is TextProblem.MISSING


def test_a_second_writer_is_told_to_wait(tmp_path: Path) -> None:
    store = FingerprintStore(tmp_path)
    with store.writing(), pytest.raises(StoreBusyError, match="another process"):
        with FingerprintStore(tmp_path).writing(wait_s=0):
            pass


def _write_many(folder: Path, key: str) -> None:
    for number in range(5):
        FingerprintStore(folder).put(origin(key), [file(f"{number}", [hash_of(key, number)])])


def hash_of(key: str, number: int) -> int:
    return ord(key) * 1000 + number


def test_two_writing_processes_take_turns_and_lose_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_write_many, args=(tmp_path, key)) for key in "ab"]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    store = FingerprintStore(tmp_path)
    expected = {(hash_of(key, n), key, f"{n}", 0) for key in "ab" for n in range(5)}
    assert found(store.snapshot, [hash_of(key, n) for key in "ab" for n in range(5)]) == expected


def test_segments_stay_few_and_unneeded_files_are_deleted(tmp_path: Path) -> None:
    store = FingerprintStore(tmp_path)
    for number in range(30):
        store.put(origin(f"o{number}"), [file("x", [number, 1000 + number], text=f"text {number}")])
    assert len(store.snapshot.state.segments) <= 8
    assert len(list(tmp_path.glob("*.segment"))) <= 16
    hits = store.lookup(np.arange(30, dtype=np.uint64))
    assert [store.text(content) for content in hits.content_id.tolist()] == [f"text {n}" for n in range(30)]


_OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(["put", "put", "put", "remove_files", "remove_origin", "publish"]),
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from(["p", "q", "r"]),
        st.lists(st.integers(0, 12), min_size=0, max_size=4, unique=True),
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_OPERATIONS)
def test_lookups_equal_those_of_a_dictionary(
    tmp_path_factory: pytest.TempPathFactory, operations: list[tuple[str, str, str, list[int]]]
) -> None:
    folder = tmp_path_factory.mktemp("store")
    expected: dict[str, dict[str, list[int]]] = {}
    store = FingerprintStore(folder)
    sessions: list[list[tuple[str, str, str, list[int]]]] = [[]]
    for operation in operations:
        if operation[0] == "publish":
            sessions.append([])
        else:
            sessions[-1].append(operation)
    for session in sessions:
        with store.writing() as writer:
            for name, key, path, hashes in session:
                if name == "put":
                    # one family, so that nothing is common; at most 9 places, one content each
                    writer.put(origin(key, "family"), [file(path, hashes)])
                    expected.setdefault(key, {})[path] = hashes
                elif name == "remove_files":
                    writer.remove_files(key, [path])
                    expected.get(key, {}).pop(path, None)
                else:
                    writer.remove_origin(key)
                    expected.pop(key, None)
    for opened in (store, FingerprintStore(folder)):
        postings = {
            (fingerprint, key, path, position)
            for key, files in expected.items()
            for path, hashes in files.items()
            for position, fingerprint in enumerate(hashes)
        }
        contents: dict[int, set[str]] = {}
        for fingerprint, key, path, _ in postings:
            contents.setdefault(fingerprint, set()).add(repr(expected[key][path]))
        crowded = {fingerprint for fingerprint, names in contents.items() if len(names) > 8}
        got = found(opened.snapshot, list(range(13)))
        assert {hit for hit in got if hit[0] not in crowded} == {
            hit for hit in postings if hit[0] not in crowded
        }
        assert got <= postings
        summaries = {summary.origin.key: summary.files for summary in opened.origins()}
        assert summaries == {key: len(files) for key, files in expected.items()}
        for key, files in expected.items():
            assert opened.files_of(key) == {path: content_hash(repr(hs)) for path, hs in files.items()}
        assert opened.verify() == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.lists(st.integers(0, 20), min_size=1, max_size=6, unique=True)),
        min_size=1,
        max_size=14,
        unique_by=lambda pair: tuple(pair[1]),
    ),
    st.integers(1, 14),
)
def test_commonness_does_not_depend_on_segments(
    tmp_path_factory: pytest.TempPathFactory, files: list[tuple[int, list[int]]], batch: int
) -> None:
    store = FingerprintStore(tmp_path_factory.mktemp("store"))
    for start in range(0, len(files), batch):
        with store.writing() as writer:
            for number, (family, hashes) in enumerate(files[start : start + batch], start):
                writer.put(origin(f"o{number}", f"f{family}"), [file("f", hashes)])
    families = [{family for family, hashes in files if fingerprint in hashes} for fingerprint in range(21)]
    hits = store.lookup(np.arange(21, dtype=np.uint64))
    assert hits.common.tolist() == [len(found_in) >= 3 for found_in in families]
    counts = np.bincount(hits.query_index, minlength=21).tolist()
    holding = [sum(fingerprint in hashes for _, hashes in files) for fingerprint in range(21)]
    assert counts == [
        0 if len(found_in) >= 3 else min(8, count) for found_in, count in zip(families, holding, strict=True)
    ]


def test_many_postings_are_found_exactly_through_merges(tmp_path: Path) -> None:
    generator = np.random.default_rng(7)
    store = FingerprintStore(tmp_path)
    truth: dict[int, tuple[str, int]] = {}
    for number in range(6):
        hashes = generator.integers(0, 2**64, 30_000, np.uint64)
        positions = generator.integers(0, 50_000, 30_000).astype(np.uint32)
        name = f"o{number}"
        store.put(
            Origin(name, name),
            [FileInput("f", content_hash(name), hashes, positions, 50_000, 1)],
        )
        truth |= {int(h): (name, int(p)) for h, p in zip(hashes, positions, strict=True)}
    wanted = list(truth)[::17]
    hits = store.lookup(np.array(wanted, np.uint64))
    names = {content: store.places(content)[0].origin.key for content in set(hits.content_id.tolist())}
    got = [
        (wanted[index], names[content], position)
        for index, content, position in zip(
            hits.query_index.tolist(), hits.content_id.tolist(), hits.position.tolist(), strict=True
        )
    ]
    assert got == [(fingerprint, *truth[fingerprint]) for fingerprint in wanted]
    absent = store.lookup(generator.integers(0, 2**64, 5_000, np.uint64))
    assert len(absent.query_index) <= 3  # keys are 38 bits wide: a chance of 0.003 for one
