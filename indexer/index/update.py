"""Bring the index of a repository up to date: look what changed, analyse that, publish the next generation.

Looking takes no lock, so that an index that is up to date answers while another process writes it, and from a folder
that cannot be written.
"""

import logging
import time
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import current_process
from pathlib import Path

from indexer.discovery import DiscoveryRules, Listing, SkippedFile, list_files
from indexer.embedding import Embedder, StaticEmbedder
from indexer.errors import CorruptIndexError, IndexBusyError, IndexWriteError
from indexer.index.build import Build, Saved
from indexer.index.generations import Generation, IndexDirectory
from indexer.index.histories import history_meanwhile
from indexer.index.manifest import Facts
from indexer.index.pipeline import analyse_all
from indexer.index.plan import Plan, plan_update
from indexer.index.schema import SKIPPED_FILE
from indexer.index.skips import load_skips
from indexer.index.snapshot import Snapshot, open_snapshot
from indexer.progress import Progress

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class UpdateReport:
    """What an update did."""

    generation: Generation
    wrote: bool
    """False if the index was up to date already."""
    analysed: int
    """Files parsed."""
    removed: int
    """Files that are no longer in the index."""
    kept_vectors: int
    """Chunk vectors copied from the previous generation."""
    new_vectors: int
    """Chunks of new and changed files."""
    rebuilt_because: str | None
    """Why an existing index could not be continued, for people."""


@dataclass(frozen=True, slots=True)
class _Look:
    """The index and the files as they are, and what is to be done about it."""

    pointer: str | None
    previous: Snapshot | None
    rebuild_because: str | None
    started_ns: int
    listing: Listing
    plan: Plan


def update_index(
    directory: IndexDirectory,
    root: Path,
    rules: DiscoveryRules,
    embedder: Embedder,
    progress: Progress,
    wait_s: float = -1.0,
) -> UpdateReport:
    """Bring the index in ``directory`` up to date with the files below ``root``.

    Vectors are computed at once by a :class:`StaticEmbedder`; for any other embedder new texts are left without one,
    for :func:`indexer.index.fill.fill_vectors`.

    :param progress: called with files done and files to do.
    :param wait_s: how long to wait for another writer; negative waits for ever.
    :raises RootError: if ``root`` is no folder that can be listed.
    :raises IndexBusyError: if another process holds the index.
    :raises IndexWriteError: if the index cannot be written (disk full, no permission); the current generation survives.
    """
    _refuse_unguarded_main()
    updater = _Updater(directory, root, rules, embedder, progress)
    look = updater.look()
    if look.previous is None or look.plan.changes_files:
        return updater.write(look, wait_s)
    if look.plan.stale_stats:
        # Spares later updates some reading. The index is right without it.
        with suppress(IndexBusyError, IndexWriteError):
            return updater.write(look, 0)
    return _unchanged(look.previous)


def _refuse_unguarded_main() -> None:
    """Fail in a worker that runs its parent's script again: each would wait for the other."""
    if getattr(current_process(), "_inheriting", False):
        raise RuntimeError('a script that updates an index must do so under `if __name__ == "__main__":`')


def skipped_files(generation: Generation) -> list[SkippedFile]:
    """Return the files that the last update left out because of their names, sizes or content.

    :raises OSError: if the generation has been replaced and removed meanwhile.
    """
    return [skip.to_skipped_file() for skip in load_skips(generation.folder / SKIPPED_FILE)]


@dataclass(frozen=True, slots=True)
class _Updater:
    """What an update works on."""

    directory: IndexDirectory
    root: Path
    rules: DiscoveryRules
    embedder: Embedder
    progress: Progress

    def look(self) -> _Look:
        """Compare the index with the files."""
        pointer = self.directory.pointer()
        previous, reason = self._open_previous()
        started_ns = time.time_ns()
        listing = list_files(self.root, self.rules)
        plan = plan_update(self.root, self.rules, listing, started_ns, previous)
        return _Look(pointer, previous, reason, started_ns, listing, plan)

    def write(self, look: _Look, wait_s: float) -> UpdateReport:
        """Publish the next generation, unless another writer was faster and left nothing to do."""
        with self.directory.writing(wait_s):
            if self.directory.pointer() != look.pointer:
                look = self.look()
                if look.previous is not None and not look.plan.has_work:
                    return _unchanged(look.previous)
            with self.directory.staging() as staged:
                return self._build(staged, look)

    def _open_previous(self) -> tuple[Snapshot | None, str | None]:
        """Return the generation to continue; None, and why, if there is none that can be continued."""
        try:
            previous = open_snapshot(self.directory)
        except CorruptIndexError as error:
            return None, error.problem
        if previous is None:
            return None, None
        made_with, made_for = previous.model_id, previous.generation.facts["root"]
        if made_with != self.embedder.model_id:
            now = self.embedder.model_id
            return None, f"it was made with the embedding model {made_with}, now {now} is configured"
        if made_for != str(self.root):
            return None, f"it was made for {made_for}"
        return previous, None

    def _build(self, staged: Path, look: _Look) -> UpdateReport:
        began_s = time.perf_counter()
        plan = look.plan
        build = Build(staged, look.previous, plan)
        known = look.previous.history if look.previous else None
        with history_meanwhile(self.root, look.listing.uses_git, known) as history:
            batches = analyse_all(self.root, self.rules, plan.analyse, self.embedder, self.progress)
            build.write_documents(batches)
            saved = build.save(self.embedder.dimensions, history.result())
        facts = self._facts(saved, look)
        previous = look.previous.generation if look.previous else None
        generation = self.directory.publish(staged, facts, previous)
        took_ms = 1000 * (time.perf_counter() - began_s)
        _log.info("analysed %d files, kept %d, in %.0f ms", len(plan.analyse), len(plan.kept), took_ms)
        return UpdateReport(
            generation=generation,
            wrote=True,
            analysed=len(plan.analyse),
            removed=plan.gone,
            kept_vectors=build.kept_chunks,
            new_vectors=saved.chunks - build.kept_chunks,
            rebuilt_because=look.rebuild_because,
        )

    def _facts(self, saved: Saved, look: _Look) -> Facts:
        at_once = isinstance(self.embedder, StaticEmbedder)
        return Facts(
            root=str(self.root),
            uses_git=look.listing.uses_git,
            model=self.embedder.model_id,
            dimensions=self.embedder.dimensions,
            files=saved.files,
            chunks=saved.chunks,
            definitions=saved.definitions,
            embedded=saved.chunks if at_once else saved.non_zero_vectors,
            source_bytes=saved.source_bytes,
            next_uid=saved.next_uid,
            started_ns=look.started_ns,
            written_ns=time.time_ns(),
        )


def _unchanged(snapshot: Snapshot) -> UpdateReport:
    return UpdateReport(
        generation=snapshot.generation,
        wrote=False,
        analysed=0,
        removed=0,
        kept_vectors=len(snapshot.chunks),
        new_vectors=0,
        rebuilt_because=None,
    )
