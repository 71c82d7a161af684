"""Redaction: how many planted secrets are left, how many ordinary lines are changed, how fast it is.

Secrets of some seventy kinds are drawn at random and planted in files of eleven sorts. A secret counts as found when
no eight characters in a row of it are left. Ordinary lines are the modules of Python's standard library, this
project's own sources, and generated hashes, identifiers, placeholders and data; each line that redaction changes is
counted as wrong.

    python -m benchmarks.secrets --seed 1
"""

from __future__ import annotations

import statistics
import sys
import sysconfig
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant import __version__
from assistant.privacy.redaction import redact
from benchmarks import options
from benchmarks.planted_secrets import Planted, ordinary_lines, planted
from benchmarks.results import Figure

BENCHMARK = "secrets"
_LEFT_CHARS = 8
_OWN_FOLDERS = ("assistant", "indexer", "lsp", "training", "scripts", "docs")
_PROMPT_CHARS = 30_000


@dataclass(frozen=True, slots=True)
class Recall:
    """How many planted secrets were found."""

    secrets: int
    missed: tuple[Planted, ...]

    @property
    def share(self) -> float:
        """Found of all."""
        return 1 - len(self.missed) / self.secrets


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """How many ordinary lines were changed."""

    lines: int
    changed: tuple[str, ...]

    @property
    def share(self) -> float:
        """Changed of all."""
        return len(self.changed) / self.lines


def left_of(secret: str, text: str) -> bool:
    """Tell whether a piece of a secret still stands in a text."""
    length = min(_LEFT_CHARS, len(secret))
    return any(secret[i : i + length] in text for i in range(len(secret) - length + 1))


def recall(files: Sequence[Planted]) -> Recall:
    """Redact files with a secret in each and see what is left; of a private key no line may be."""
    missed = []
    for file in files:
        text = redact(file.text, file.path)
        if any(left_of(secret, text) for secret in file.secrets):
            missed.append(file)
    return Recall(len(files), tuple(missed))


def false_alarms(texts: Sequence[tuple[str, str]]) -> FalseAlarms:
    """Redact texts (path, text) without secrets and see what changes."""
    lines, changed = 0, []
    for path, text in texts:
        before, after = text.split("\n"), redact(text, path).split("\n")
        lines += len(before)
        changed += [old for old, new in zip(before, after, strict=True) if old != new]
    return FalseAlarms(lines, tuple(changed))


def ordinary_texts(seed: int, generated: int = 2_000) -> list[tuple[str, str]]:
    """Code of the running Python's standard library, of this project, and generated lines."""
    library = Path(sysconfig.get_paths()["stdlib"])
    own = Path(__file__).parents[1]
    files = sorted(library.glob("*.py"))
    files += sorted(
        path
        for folder in _OWN_FOLDERS
        for path in (own / folder).rglob("*")
        if path.suffix in (".py", ".md", ".toml")
    )
    texts = [(path.name, path.read_text("utf-8", "replace")) for path in files]
    return [*texts, ("generated.txt", "\n".join(ordinary_lines(seed, generated)))]


def speed(texts: Sequence[tuple[str, str]]) -> tuple[float, float]:
    """Return MB of CPU second, and the median milliseconds of CPU that a prompt of 30 kB takes, warm."""
    whole = "".join(text for _, text in texts)[:3_000_000]
    prompts = [whole[i : i + _PROMPT_CHARS] for i in range(0, len(whole), _PROMPT_CHARS)]
    times = []
    for prompt in prompts:
        started = time.process_time()
        redact(prompt)
        times.append(time.process_time() - started)
    return len(whole) / sum(times) / 1e6, 1000 * statistics.median(times)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark; the exit status is 1 if it falls short of what the project promises."""
    parser = options.parser("secrets", __doc__)
    parser.add_argument("--seed", type=int, default=1, help="of the secrets and lines (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=8, help="files for each kind (default: %(default)s)")
    parser.add_argument(
        "--show", action="store_true", help="print what was missed and what was changed wrongly"
    )
    given = parser.parse_args(argv)
    files = planted(given.seed, given.rounds)
    texts = ordinary_texts(given.seed)
    found, wrong = recall(files), false_alarms(texts)
    rate_mb_s, prompt_ms = speed(texts)
    kinds = Counter(file.kind for file in files)
    print(
        f"recall          {found.share:.4f}  ({len(found.missed)} of {found.secrets} missed, {len(kinds)} kinds)"
    )
    print(f"false alarms    {wrong.share:.4%}  ({len(wrong.changed)} of {wrong.lines:,} lines)")
    print(f"speed           {rate_mb_s:.1f} MB/s, {prompt_ms:.1f} ms for 30 kB")
    if given.show:
        for file in found.missed:
            print(f"missed  {file.kind}, {file.path}: {file.secrets}\n{file.text}")
        for line in wrong.changed:
            print(f"changed {line.strip()[:150]}")
    inputs = f"{found.secrets} planted secrets, {len(kinds)} kinds; {wrong.lines:,} ordinary lines; seed {given.seed}"
    figures = [
        Figure("secrets found", f"{found.share:.4f}", "", inputs),
        Figure("ordinary lines changed", f"{wrong.share:.4%}", "", inputs),
        Figure("redaction, CPU", f"{rate_mb_s:.1f} MB/s, {prompt_ms:.1f} ms for 30 kB", "", inputs),
    ]
    options.record(given, BENCHMARK, figures, [f"assist {__version__}"])
    return 0 if found.share >= 0.98 and wrong.share <= 0.005 else 1


if __name__ == "__main__":
    sys.exit(main())
