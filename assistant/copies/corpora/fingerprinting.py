"""From the bytes of a file to what the store takes in: a pure function, for worker processes."""

from dataclasses import dataclass

from assistant.copies.corpora.facts import Facts
from assistant.copies.corpora.licensing import LicenceContext, with_licence
from assistant.copies.corpora.model import LeftOut
from assistant.copies.corpora.selection import is_code
from assistant.copies.licences import NOASSERTION, LicenceFinder
from indexer.discovery import SkippedFile, judge_bytes
from indexer.fingerprints.fingerprints import fingerprint
from indexer.fingerprints.model import FileInput
from indexer.fingerprints.winnowing import K, W
from indexer.languages import language_of

VERSION = f"{K}-{W}-2"
"""What makes fingerprints comparable; the last number is raised when the token streams are cut in another way."""

_HEAD_BYTES = 4_000


@dataclass(frozen=True, slots=True)
class Job:
    """One file to make fingerprints of.

    :param path: as it is in its source; the language is told from it.
    :param stored_path: as the store shall name it.
    :param keep_text: whether the store has to keep its text, because nothing else does.
    :param is_stored: whether the store has its fingerprints already.
    """

    path: str
    stored_path: str
    raw: bytes
    keep_text: bool
    facts: Facts
    is_stored: bool = False


@dataclass(frozen=True, slots=True)
class Jobs:
    """Files of one source.

    :param key: of the source.
    :param licence: the source's own; only what differs is noted with a file.
    """

    key: str
    jobs: tuple[Job, ...]
    context: LicenceContext | None = None
    licence: str = ""


class Fingerprinter:
    """Does jobs; remembers what the folders of the last source say about licences."""

    def __init__(self) -> None:
        self._key = ""
        self._finder: LicenceFinder | None = None

    def __call__(self, jobs: Jobs) -> list[FileInput | LeftOut]:
        """Do the jobs of one batch, in order."""
        if jobs.key != self._key:
            self._key = jobs.key
            self._finder = jobs.context.finder() if jobs.context else None
        return [_fingerprinted(job, self._finder, jobs.licence) for job in jobs.jobs]


def _fingerprinted(job: Job, finder: LicenceFinder | None, licence: str) -> FileInput | LeftOut:
    """Make the fingerprints of a file, unless it turns out to be no code that somebody wrote."""
    source = judge_bytes(job.path, job.raw)
    if isinstance(source, SkippedFile):
        return LeftOut(job.stored_path, f"{source.reason.value}: {source.detail}")
    head = source.text[:_HEAD_BYTES]
    if not is_code(job.path, head):
        return LeftOut(job.stored_path, "no code")
    text = source.text.decode("utf-8", "replace")
    facts = _facts(job, text, finder, licence).to_json()
    if job.is_stored:
        return FileInput(job.stored_path, source.content_hash, facts=facts)
    made = fingerprint(text, language_of(job.path, head).name)
    return FileInput(
        path=job.stored_path,
        content_hash=source.content_hash,
        hashes=made.hashes,
        positions=made.positions,
        extent=made.tokens,
        size_bytes=len(source.text),
        text=text if job.keep_text else None,
        facts=facts,
        contexts=made.contexts,
        marks=made.marks,
    )


def _facts(job: Job, text: str, finder: LicenceFinder | None, licence: str) -> Facts:
    finding = finder.of(job.path, text) if finder else None
    if finding is None or finding.expression in (licence, NOASSERTION):
        return job.facts
    return with_licence(job.facts, finding)


def set_up() -> Fingerprinter:
    """Return what a worker process does."""
    return Fingerprinter()
