"""How the reference graph moves what a search of a small repository finds."""

from pathlib import Path

import pytest

from tests.assistant.search_support import engine_in, write_files

LOOK_ALIKE = "class {name}:\n    def render_report(self, rows):\n        return rows\n"


def paths_of(folder: Path, files: dict[str, str], query: str) -> list[str]:
    """Search some files; the paths, best first."""
    root = write_files(folder / "root", files)
    engine = engine_in(folder / "cache")
    engine.update(root)
    return list(dict.fromkeys(result.path for result in engine.search(query, [root]).results))


def test_of_look_alikes_the_one_that_the_code_uses_comes_first(tmp_path: Path) -> None:
    files = {
        "a/report.py": LOOK_ALIKE.format(name="PlainReport"),
        "b/report.py": LOOK_ALIKE.format(name="UsualReport"),
        "page.py": "def page():\n    return UsualReport()\n",
        "mail.py": "def mail():\n    return UsualReport()\n",
        "unrelated.py": "limit = 3\n",
    }
    assert paths_of(tmp_path, files, "how are rows of a report rendered")[0] == "b/report.py"


@pytest.mark.parametrize(
    ("facade", "text"),
    [
        ("src/extract.rs", "pub use base_crate::request::{FromRequest, Other};\n"),
        ("src/extract.ts", 'export { Other, FromRequest } from "base-package";\n'),
    ],
    ids=["rust", "typescript"],
)
def test_a_name_that_no_file_defines_is_found_where_it_is_made_public(
    tmp_path: Path, facade: str, text: str
) -> None:
    suffix = facade.rsplit(".", 1)[-1]
    use = (
        "use base_crate::request::FromRequest;\n"
        if suffix == "rs"
        else 'import { FromRequest } from "base-package";\n'
    )
    users = {
        f"src/{name}.{suffix}": f"{use}\n// FromRequest, FromRequest: what {name} needs of FromRequest\n"
        for name in ("form", "json_request", "raw_request")
    }
    assert paths_of(tmp_path, {facade: text, **users}, "FromRequest")[0] == facade


def test_a_definition_comes_before_what_makes_it_public(tmp_path: Path) -> None:
    files = {
        "src/facade.rs": "mod inner;\npub use inner::FromRequest;\n",
        "src/inner.rs": "pub trait FromRequest {\n    fn from_request();\n}\n",
    }
    assert paths_of(tmp_path, files, "FromRequest")[0] == "src/inner.rs"
