"""How often the licence of a licence file or of an installed package is told rightly, and how fast.

    python -m benchmarks.licences --mirror DIR --node-modules DIR [--archives DIR] [--record]

``--mirror`` holds ``OWNER+NAME/repo`` git directories, ``--node-modules`` is where the npm packages of
``licence_labels.py`` are installed; the packages are those of the environment that runs this. ``--archives`` is where
``npm pack`` and ``pip download --no-deps`` put the packages of ``archived_licence_labels.py``.

An answer is right if it is equivalent to the label, unknown if it says that it does not know (``NOASSERTION``, or a
part not recognised), else wrong; it is falsely permissive if the default policy allows it and not the label.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from assistant.copies.licences import identify_text, licence_of_package, licence_of_package_metadata
from assistant.copies.licences.expressions import alternatives, normalise
from assistant.copies.licences.folder import is_licence_file, licence_files
from assistant.copies.licences.model import LicenceFinding
from assistant.copies.licences.profiles import load_profiles
from assistant.copies.licences.tree import FolderTree, decoded
from assistant.copies.policy import Policies, Policy, Verdict
from assistant.copies.policy_file import PolicyTable
from benchmarks import licence_labels, options, results
from benchmarks.archived_licence_labels import SETS, Labels
from benchmarks.measure import percentile


@dataclass(frozen=True, slots=True)
class Answer:
    """One labelled thing and what was said of it."""

    name: str
    label: str
    finding: LicenceFinding
    cpu_ms: float

    @property
    def outcome(self) -> str:
        """``right``, ``unknown`` or ``wrong``."""
        if not self.finding.known:
            return "unknown"
        said = ways_of(self.finding.expression)
        return "right" if said in [ways_of(label) for label in self.label.split("|")] else "wrong"

    @property
    def is_falsely_permissive(self) -> bool:
        """Whether the default policy allows what was said and not the label."""
        policy = Policies((Policy(PolicyTable(), "default policy"),))
        allowed = policy.judge(self.finding).verdict is Verdict.ALLOW
        return allowed and all(policy.judge(it).verdict is not Verdict.ALLOW for it in self.label.split("|"))


def ways_of(expression: str) -> frozenset[frozenset[str]]:
    """Return an expression as the set of ways to satisfy it."""
    return frozenset(frozenset(way) for way in alternatives(normalise(expression) or expression))


def files(mirror: Path | None, node_modules: Path | None) -> Iterator[tuple[str, str, str]]:
    """Yield name, label and text of the labelled files that are there."""
    for line in licence_labels.GIT.split("\n") if mirror else ():
        if line:
            repository, path, label = line.split(" ", 2)
            command = ["git", "-C", f"{mirror}/{repository}/repo", "show", f"HEAD:{path}"]
            done = subprocess.run(command, capture_output=True, check=False)
            if done.returncode == 0:
                yield f"{repository} {path}", label, decoded(done.stdout)
    for line in licence_labels.NODE.split("\n") if node_modules else ():
        if line and node_modules:
            package, path, label = line.split(" ", 2)
            file = node_modules / package / path
            if file.is_file():
                yield f"{package} {path}", label, decoded(file.read_bytes())


def archived_files(mirror: Path | None, archives: Path, labels: Labels) -> Iterator[tuple[str, str, str]]:
    """Yield name, label and text of the labelled files that are there."""
    for repository, revision, path, label in _rows(labels.git) if mirror else ():
        command = ["git", "-C", f"{mirror}/{repository}/repo", "show", f"{revision}:{path}"]
        done = subprocess.run(command, capture_output=True, check=False)
        if done.returncode == 0:
            yield f"{repository} {path}", label, decoded(done.stdout)
    for package, version, path, label in _rows(labels.node):
        for file in archives.rglob(f"{package}-{version}.tgz"):
            with tarfile.open(file) as opened:
                member = opened.extractfile(f"package/{path}")
                yield f"{package} {path}", label, decoded(member.read() if member else b"")
    for package, version, path, label in _rows(labels.python):
        for file in archives.rglob(f"{package}-{version}-*.whl"):
            with zipfile.ZipFile(file) as wheel:
                named = [name for name in wheel.namelist() if _is_metadata(name, path)]
                yield f"{package} {path}", label, decoded(wheel.read(min(named, key=len)))


def _rows(table: str) -> Iterator[tuple[str, str, str, str]]:
    for line in filter(None, table.split("\n")):
        name, version, path, label = line.split(" ", 3)
        yield name, version, path, label


def _is_metadata(name: str, path: str) -> bool:
    return ".dist-info/" in name and name.endswith(f"/{path}")


def packages() -> Iterator[tuple[str, str, Path]]:
    """Yield name, label and metadata folder of the labelled packages of this environment."""
    labels = {
        plain(name): label
        for label, names in licence_labels.PYTHON_PACKAGES.items()
        for name in names.split()
    }
    for distribution in metadata.distributions():
        folder = Path(str(distribution.locate_file("")))
        name = plain(distribution.metadata["Name"])
        found = [path for path in folder.glob("*.dist-info") if plain(path.name.partition("-")[0]) == name]
        if name not in labels:
            print(f"no label: {name}")
        elif found:
            yield name, labels[name], found[0]


def plain(name: str) -> str:
    """Return a package's name in one spelling."""
    return name.replace("-", "_").replace(".", "_").casefold()


def agreement(node_modules: Path) -> results.Figure:
    """Compare licence files with what the package.json beside them states, for packages that nobody labelled."""
    counts = {"the same": 0, "unknown": 0, "another": 0}
    for manifest in sorted(node_modules.rglob("package.json")):
        folder = manifest.parent
        if "node_modules" not in (folder.parent.name, folder.parent.parent.name):
            continue
        stated = licence_of_package_metadata("node", decoded(manifest.read_bytes()))
        tree = FolderTree(folder)
        told = licence_files(tree, [name for name in tree.names("") if is_licence_file(name)])
        if stated is None or not stated.known or told is None:
            continue
        same = ways_of(stated.expression) == ways_of(told.expression)
        outcome = "unknown" if not told.known else "the same" if same else "another"
        counts[outcome] += 1
        if outcome == "another":
            print(f"another {folder.name}: package.json {stated.expression}, files {told.expression}")
    total = sum(counts.values())
    said = ", ".join(f"{count} {name} ({count / max(1, total):.1%})" for name, count in counts.items())
    inputs = f"{total} npm packages with both, not labelled"
    return results.Figure("licence files against package.json beside them", said, "", inputs)


def report(kind: str, answers: list[Answer]) -> list[results.Figure]:
    """Print what is not right, and return the figures."""
    count = len(answers)
    outcomes = [answer.outcome for answer in answers]
    false = [answer for answer in answers if answer.is_falsely_permissive]
    for answer in answers:
        if answer.outcome != "right" or answer in false:
            print(f"{answer.outcome:8}{answer.name}: label {answer.label}, said {answer.finding.expression}")
    right, unknown = outcomes.count("right"), outcomes.count("unknown")
    honest = (
        f"{(right + unknown) / count:.1%} ({right} right, {unknown} unknown, {count - right - unknown} wrong)"
    )
    times = [answer.cpu_ms for answer in answers]
    return [
        results.Figure(f"{kind}: right or said to be unknown", honest, "", f"{count} labelled {kind}"),
        results.Figure(f"{kind}: falsely permissive", str(len(false)), "", f"{count} labelled {kind}"),
        results.Figure(
            f"{kind}: CPU time each, p50 / p95",
            f"{percentile(times, 0.5):.1f} / {percentile(times, 0.95):.1f} ms",
            "",
            f"{count} labelled {kind}, profiles loaded",
        ),
    ]


def judged_files(labelled: Iterable[tuple[str, str, str]]) -> list[Answer]:
    """Tell the licences of labelled texts."""
    answers = []
    for name, label, text in labelled:
        started = time.process_time()
        finding = identify_text(text, name)
        answers.append(Answer(name, label, finding, (time.process_time() - started) * 1e3))
    return answers


def main() -> int:
    """Measure and print."""
    parser = options.parser("licences", __doc__)
    parser.add_argument("--mirror", type=Path, help="OWNER+NAME/repo git directories")
    parser.add_argument("--node-modules", type=Path, help="where the labelled npm packages are installed")
    parser.add_argument("--archives", type=Path, help="where npm's tarballs and the wheels are")
    parser.add_argument(
        "--agreement", type=Path, help="another node_modules folder, of packages without labels"
    )
    given = parser.parse_args()
    started = time.process_time()
    load_profiles()
    loading = f"{(time.process_time() - started) * 1e3:.0f} ms"
    judged = judged_files(files(given.mirror, given.node_modules))
    archived = {
        name: judged_files(archived_files(given.mirror, given.archives, labels))
        for name, labels in (SETS.items() if given.archives else ())
    }
    installed = []
    for name, label, folder in packages():
        started = time.process_time()
        finding = licence_of_package("python", folder)
        installed.append(Answer(name, label, finding, (time.process_time() - started) * 1e3))
    figures = [
        results.Figure("CPU time to load the profiles, once a process", loading, "", "shipped profiles")
    ]
    kinds = {
        "licence files": judged,
        **{f"licence files, {name}": answers for name, answers in archived.items()},
        "installed packages": installed,
    }
    for kind, answers in kinds.items():
        if answers:
            figures += report(kind, answers)
    if given.agreement:
        figures.append(agreement(given.agreement))
    for figure in figures:
        print(f"{figure.name}: {figure.result}")
    options.record(given, "licences", figures, [])
    return 0


if __name__ == "__main__":
    sys.exit(main())
