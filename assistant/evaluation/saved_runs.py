"""Keeps runs, one JSON file each, so that a later one can be compared with them.

Answers hold the user's code: the files can be read by their owner only.
"""

import json
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from hashlib import blake2b
from pathlib import Path
from typing import Any

from assistant.evaluation.errors import NoEarlierRunError, SavedRunError
from assistant.evaluation.model import Answered, Citation, Exit, Fingerprint, Outcome, Run

FORMAT = 1
LAST = "last"
_MAX_BYTES = 500_000_000


def runs_folder(data: Path, suite: Path) -> Path:
    """Return where the runs of a case file are kept.

    :param data: the user's data folder.
    """
    key = blake2b(os.fsencode(suite), digest_size=6).hexdigest()
    return data / "runs" / f"{re.sub(r'[^A-Za-z0-9_.-]', '_', suite.stem)[:40]}-{key}"


def file_for(data: Path, run: Run) -> Path:
    """Return the file that a run is saved in unless the user names another."""
    stamp = re.sub(r"[^0-9T]", "", run.started.partition("+")[0])
    return runs_folder(data, Path(run.suite)) / f"{stamp}.json"


def save(run: Run, file: Path) -> None:
    """Write a run, whole or not at all; folders that are missing are made.

    :raises OSError: if it cannot be written.
    """
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, temporary = tempfile.mkstemp(dir=file.parent, prefix=".run-")  # made with mode 0600
    try:
        with open(descriptor, "w", encoding="utf-8", errors="surrogatepass") as opened:
            json.dump(as_data(run), opened, indent=1)
        os.replace(temporary, file)
    except BaseException:
        os.unlink(temporary)
        raise


def find(reference: str, data: Path, suite: Path) -> Path:
    """Return the file of a saved run.

    :param reference: a file, the beginning of the name of a run of this case file, or ``last``: its latest run that
        was not interrupted.
    :raises NoEarlierRunError: if the last is wanted and there is none.
    :raises SavedRunError: if there is none, or several begin so.
    """
    if reference != LAST and Path(reference).is_file():
        return Path(reference)
    folder = runs_folder(data, suite)
    files = sorted(folder.glob("*.json"))
    if reference == LAST:
        for file in reversed(files):
            if load(file).complete:
                return file
        raise NoEarlierRunError(f"no complete run of {suite} is saved; run it once without --compare")
    named = [file for file in files if file.name.startswith(reference)]
    if len(named) == 1:
        return named[0]
    if named:
        listed = ", ".join(file.stem for file in named[:5])
        raise SavedRunError(f'{len(named)} runs begin with "{reference}"; name one: {listed}')
    known = ", ".join(file.stem for file in files[-5:]) or "none"
    raise SavedRunError(f'no run "{reference}" of {suite}; name a file, or one of: {known}')


def load(file: Path) -> Run:
    """Read a saved run.

    :raises SavedRunError: if the file is no saved run, or one of a later version.
    """
    try:
        if file.stat().st_size > _MAX_BYTES:
            raise SavedRunError(f"{file} is too large for a saved run; name another")
        data = json.loads(file.read_bytes())
        if data["format"] != FORMAT:
            raise SavedRunError(
                f"{file} was saved by another version of assist (format {data['format']}); run it again"
            )
        return _run(data)
    except OSError as error:
        raise SavedRunError(f"{file}: {error.strerror}; name another run") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise SavedRunError(f"{file} is no saved run; name another, or run it again") from error


def as_data(run: Run) -> dict[str, Any]:
    """Return a run as plain values for JSON."""
    return {"format": FORMAT, **asdict(run)}


def _run(data: Mapping[str, Any]) -> Run:
    fields = {name: value for name, value in data.items() if name != "format"}
    fields["answers"] = tuple(_answered(answer) for answer in data["answers"])
    fields["fingerprints"] = {case: Fingerprint(**values) for case, values in data["fingerprints"].items()}
    return Run(**fields)


def _answered(data: Mapping[str, Any]) -> Answered:
    outcome = dict(data["outcome"])
    outcome["citations"] = tuple(Citation(**citation) for citation in outcome["citations"])
    outcome["exit"] = Exit(outcome["exit"])
    return Answered(**{**data, "outcome": Outcome(**outcome), "failures": tuple(data["failures"])})
