"""Runs the tests in the workbench, in TypeScript under ``vscode-extension/test/e2e``, with all that they need.

    python -m tests.editors.vscode.drive [STEP ...]            # make vscode-e2e
    python -m tests.editors.vscode.drive --tree DIR --question "where are cookies parsed?" \
        --definition src/werkzeug/http.py:parse_cookie

The extension is the one that ``make vscode`` has packaged. The repository, a model server and the user's folders are
made anew for each run.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.editors.vscode.obtain import NotHereError, Workbench, obtain
from tests.editors.vscode.project import Project, Tree, write_project
from tests.servers.answering import model_that_says
from tests.servers.launch import ROOT, running

EXTENSION = ROOT / "vscode-extension"
SERVER = Path(sys.executable).with_name("assist.exe" if sys.platform == "win32" else "assist")


@dataclass(frozen=True, slots=True)
class Run:
    """What is run.

    :param extension: The folder of the extension, where ``npm ci`` was run and the package lies in ``build``.
    :param pictures: Where pictures go; none: into the run's own folder.
    """

    extension: Path
    home: Path
    pictures: Path | None = None


def build(extension: Path, node: str) -> None:
    """Bundle the tests."""
    subprocess.run([node, "scripts/build.mjs", "--e2e"], cwd=extension, check=True)


def package_of(extension: Path) -> Path:
    """The package that ``make vscode`` has made.

    :raises FileNotFoundError: if there is none.
    """
    version = json.loads((extension / "package.json").read_text("utf-8"))["version"]
    package = extension / "build" / f"assist-{version}.vsix"
    if not package.exists():
        raise FileNotFoundError(f"there is no {package}; make it with `make vscode`")
    return package


@contextmanager
def set_up(
    run: Run, workbench: Workbench, project: Project, models: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """Serve models for the time of a block; what the tests in TypeScript are told.

    :param models: Backends by name, with the name of the model that answers, which says what it answers.
    """
    with running("answering") as server:
        tables = [
            f'[backends.{name}]\nkind = "openai"\nurl = "{server.url}/openai/v1"\nmodel = "{model}"\n'
            for name, model in models.items()
        ]
        (run.home / "config").mkdir(parents=True, exist_ok=True)
        (run.home / "config" / "config.toml").write_text("\n".join(tables), "utf-8")
        yield {
            "home": str(run.home),
            "server": str(SERVER),
            "package": str(package_of(run.extension)),
            "codeServer": str(workbench.code_server),
            "browser": {
                "program": workbench.browser.program,
                "environment": workbench.browser.environment,
            },
            "pictures": str(run.pictures or run.home / "pictures"),
            "project": project.as_json(),
        }


def models_for(project: Project) -> dict[str, str]:
    """Models: one that cites, one that changes the definition, one that never ends."""
    found = project.definition
    cites = (
        f"They are parsed by `{found.name}` [{found.path}:{found.start_line}-{found.end_line}], "
        f"not in [{found.path}:{found.end_line + 8000}-{found.end_line + 8100}].\n\n"
        f"```python\ndef {found.name}(text):\n    return list(text)\n```\n"
    )
    changes = f"```python\n{found.changed()}```\n"
    return {"citing": model_that_says(cites), "changing": model_that_says(changes), "endless": "never"}


def drive(run: Run, workbench: Workbench, tree: Tree, steps: Sequence[str] = ()) -> int:
    """Run the steps, all if none is named; the exit status."""
    build(run.extension, workbench.node)
    project = write_project(run.home / "work" / "project", tree)
    with set_up(run, workbench, project, models_for(project)) as told:
        file = run.home / "run.json"
        file.write_text(json.dumps(told), "utf-8")
        command = [workbench.node, "build/test/e2e/run.js", str(file), *steps]
        return subprocess.run(command, cwd=run.extension, check=False).returncode


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.editors.vscode.drive", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("steps", nargs="*", metavar="STEP", help="only these steps")
    parser.add_argument("--tree", type=Path, help="a source tree to open instead of installed packages")
    parser.add_argument("--question", default=Tree().question, help="default: %(default)s")
    parser.add_argument("--definition", default=Tree().definition, help="what answers it: PATH:FUNCTION")
    parser.add_argument("--extension", type=Path, default=EXTENSION, help="default: %(default)s")
    parser.add_argument("--pictures", type=Path, metavar="DIR", help="keep the pictures there")
    parser.add_argument("--keep", action="store_true", help="keep the run's folder, with all logs")
    given = parser.parse_args()
    try:
        workbench = obtain()
    except NotHereError as error:
        sys.stderr.write(f"error: {error}\n")
        return 3
    home = Path(tempfile.mkdtemp(prefix="assist-vscode-"))
    try:
        tree = Tree(given.tree, given.question, given.definition)
        pictures = given.pictures.resolve() if given.pictures else None
        return drive(Run(given.extension.resolve(), home, pictures), workbench, tree, given.steps)
    finally:
        if given.keep:
            sys.stderr.write(f"kept: {home}\n")
        else:
            shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
