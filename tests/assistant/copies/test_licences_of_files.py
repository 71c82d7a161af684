import json
import os
from pathlib import Path

import pytest

from assistant.copies.licences import (
    Confidence,
    LicenceFinding,
    attribution_for,
    category_of,
    licence_of_file,
    licence_of_package,
    licence_of_package_metadata,
)
from assistant.copies.licences.packages import Ecosystem
from tests.assistant.copies.licence_samples import sample

TAG = "# SPDX-License-Identifier: "


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def said(root: Path, path: str = "src/a.py") -> str:
    return licence_of_file(root / path, root).expression


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        (f"{TAG}MIT\n", "MIT"),
        (f"{TAG}GPL-2.0+\n", "GPL-2.0-or-later"),
        ("/* SPDX-License-Identifier: (MIT OR Apache-2.0) */\n", "MIT OR Apache-2.0"),
        ("<!-- SPDX-License-Identifier: CC0-1.0 -->\n", "CC0-1.0"),
        (f"{TAG}MIT\nx = 1\n{TAG}GPL-3.0-only\n", "MIT AND GPL-3.0-only"),
        (f"{TAG}GPL-2.0-only WITH Classpath-exception-2.0\n", "GPL-2.0-only WITH Classpath-exception-2.0"),
        (f"{TAG}LicenseRef-house\n", "LicenseRef-house"),
        (f"{TAG}Mine alone!\n", "NOASSERTION"),
        (f"# REUSE-IgnoreStart\n{TAG}MIT\n# REUSE-IgnoreEnd\n", "BSD-3-Clause"),
        ('print("SPDX-License-Identifier: MIT")\n', "BSD-3-Clause"),
        ("# Licensed under the Apache License, Version 2.0.\nx = 1\n", "Apache-2.0"),
        (
            "# Use is governed by a BSD-style license that can be\n# found in the LICENSE file.\n",
            "BSD-3-Clause",
        ),
        ("# Copyright 2020 A. Person\n# Proprietary and confidential.\n", "LicenseRef-proprietary"),
        (
            "# Copyright 2020 A. Person\n# Unauthorised copying without permission is a crime.\n",
            "LicenseRef-unknown",
        ),
        ("x = 1\n# Licensed under the Apache License, Version 2.0\n", "BSD-3-Clause"),
        ("// Copyright 2020 A. Person\n// License: MIT\n", "MIT"),
        (
            "/**\n * @license React\n * Licensed under the MIT license found in the\n * LICENSE file.\n */\n",
            "MIT",
        ),
        ('"""Runs on FreeBSD.\n\nPermission is asked before it must not be used.\n"""\n', "BSD-3-Clause"),
        (
            "# Licensed under the MIT License.\n#\n# A non-breaking space must never be the only condition.\nx = 1\n",
            "MIT",
        ),
        (
            "// Licensed under the MIT License.\n#include <gpl.h>\n#define restricted 1\n// must be permitted\n",
            "MIT",
        ),
        ("# Licensed under the MIT License.\n# It must not be sold.\n", "MIT AND LicenseRef-unknown"),
        (
            "# Dual licensed under the Apache License 2.0 or the BSD license, see the LICENSE file.\n",
            "BSD-3-Clause",
        ),
        (
            "# This library is free software; you can redistribute it and/or\n# modify it under the terms of the GNU"
            " Lesser General Public\n# License as published by the Free Software Foundation; either\n# version 2.1 of"
            " the License, or (at your option) any later version.\n",
            "LGPL-2.1-or-later",
        ),
    ],
)
def test_what_a_file_says_comes_before_its_folder(tmp_path: Path, text: str, expression: str) -> None:
    assert said(write(tmp_path, {"LICENSE": sample("BSD-3-Clause"), "src/a.py": text})) == expression


def test_the_nearest_folder_decides(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {
            "LICENSE": sample("MIT"),
            "src/a.py": "",
            "src/vendor/x/COPYING": sample("MPL-2.0"),
            "src/vendor/x/y/b.py": "",
            "web/package.json": '{"license": "ISC"}',
            "web/c.js": "",
        },
    )
    assert [said(root, it) for it in ("src/a.py", "src/vendor/x/y/b.py", "web/c.js")] == [
        "MIT",
        "MPL-2.0",
        "ISC",
    ]


def test_a_licence_that_leaves_out_parts_says_nothing_sure_of_vendored_files(tmp_path: Path) -> None:
    note = "\nFiles in node_modules and vendor directories have their own licenses.\n"
    files = {
        "LICENSE": sample("MIT") + note,
        "src/a.py": "",
        "vendor/b.py": "",
        "vendor/x/LICENSE": sample("MPL-2.0"),
    }
    root = write(tmp_path, {**files, "vendor/x/c.py": ""})
    assert said(root) == "MIT"
    assert said(root, "vendor/b.py") == "MIT AND LicenseRef-unknown"
    assert said(root, "vendor/x/c.py") == "MPL-2.0"


@pytest.mark.parametrize(
    ("said_of", "expression"),
    [
        ("The documentation portion (the contents of docs, not software) is supplied", "MIT"),
        ("The logo is licensed", "MIT"),
        ("The software and its documentation are licensed", "MIT AND CC-BY-SA-4.0"),
        ("Code in the documentation is licensed", "MIT AND CC-BY-SA-4.0"),
        ("The files in contrib are licensed", "MIT AND CC-BY-SA-4.0"),
    ],
)
def test_a_licence_of_documentation_does_not_hold_for_code(
    tmp_path: Path, said_of: str, expression: str
) -> None:
    note = f"\n\n{said_of} under the Creative Commons Attribution-ShareAlike 4.0 International License.\n"
    assert said(write(tmp_path, {"LICENSE": sample("MIT") + note, "src/a.py": ""})) == expression


def test_without_anything_nothing_is_asserted(tmp_path: Path) -> None:
    found = licence_of_file(write(tmp_path, {"src/a.py": ""}) / "src/a.py", tmp_path)
    assert (found.expression, found.confidence) == ("NOASSERTION", Confidence.UNKNOWN)
    package = LicenceFinding("ISC", Confidence.SURE)
    assert licence_of_file(Path("src/a.py"), tmp_path, package=package) == package


FILES = {"LICENSE-MIT": "MIT", "LICENSE-APACHE": "Apache-2.0"}


def test_two_licence_files_are_a_choice_only_if_that_is_said(tmp_path: Path) -> None:
    root = write(tmp_path, {"a.py": "", **{name: sample(it) for name, it in FILES.items()}})
    assert set(said(root, "a.py").split(" AND ")) == {"MIT", "Apache-2.0"}
    write(
        root,
        {
            "LICENSE": "Available under the terms of *either* of the licenses in LICENSE-MIT or LICENSE-APACHE."
        },
    )
    assert set(said(root, "a.py").split(" OR ")) == {"MIT", "Apache-2.0"}


def test_source_files_named_after_licences_are_not_read(tmp_path: Path) -> None:
    root = write(tmp_path, {"a.py": "", "license.py": sample("MIT"), "licenses/x.txt": ""})
    assert said(root, "a.py") == "NOASSERTION"


def test_reuse_tables_and_side_files(tmp_path: Path) -> None:
    table = """version = 1
[[annotations]]
path = "assets/**"
SPDX-FileCopyrightText = "2024 A. Person"
SPDX-License-Identifier = "CC-BY-4.0"
[[annotations]]
path = ["src/*.py"]
precedence = "override"
SPDX-License-Identifier = "ISC"
[[annotations]]
path = "more/*"
precedence = "aggregate"
SPDX-License-Identifier = "Zlib"
"""
    files = ["assets/deep/x.svg", "src/a.py", "src/deep/b.py", "more/c.py"]
    root = write(
        tmp_path, {"REUSE.toml": table, "LICENSES/MIT.txt": "", **dict.fromkeys(files, f"{TAG}MIT\n")}
    )
    write(root, {"assets/deep/x.svg": "", "b.png": "", "b.png.license": f"{TAG}CC0-1.0\n"})
    assert [said(root, it) for it in [*files, "b.png"]] == [
        "CC-BY-4.0",
        "ISC",
        "MIT",
        "MIT AND Zlib",
        "CC0-1.0",
    ]
    write(root, {"other.txt": ""})
    assert said(root, "other.txt") == "MIT"


def test_the_older_reuse_table(tmp_path: Path) -> None:
    dep5 = "Format: x\n\nFiles: docs/* *.png\nCopyright: 2020 A. Person\nLicense: CC-BY-4.0\n"
    root = write(tmp_path, {".reuse/dep5": dep5, "docs/a/b.md": "", "LICENSE": sample("MIT"), "c.py": ""})
    assert (said(root, "docs/a/b.md"), said(root, "c.py")) == ("CC-BY-4.0", "MIT")


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_licence_outside_of_the_tree_is_not_read(tmp_path: Path) -> None:
    write(tmp_path, {"outside": sample("MIT"), "tree/a.py": ""})
    (tmp_path / "tree/LICENSE").symlink_to(tmp_path / "outside")
    assert said(tmp_path / "tree", "a.py") == "NOASSERTION"


POM = "<project xmlns='http://maven.apache.org/POM/4.0.0'><licenses>{}</licenses></project>"
ONE = "<license><name>{}</name></license>"
METADATA: list[tuple[Ecosystem, str, str | None]] = [
    ("python", "License-Expression: MIT OR Apache-2.0\n", "MIT OR Apache-2.0"),
    ("python", "License: BSD\nClassifier: License :: OSI Approved :: BSD License\n", None),
    ("python", "Classifier: License :: OSI Approved :: MIT License\n", "MIT"),
    ("python", "License: Apache License, Version 2.0\n", "Apache-2.0"),
    ("python", "License: GPLv3+\n", "GPL-3.0-or-later"),
    (
        "python",
        "License: GPLv3\nClassifier: License :: OSI Approved :: MIT License\n",
        "GPL-3.0-only AND MIT",
    ),
    (
        "python",
        "Classifier: License :: OSI Approved :: MIT License\nClassifier: License :: OSI Approved :: BSD License\n",
        "MIT AND LicenseRef-unknown",
    ),
    ("python", "Classifier: License :: Other/Proprietary License\n", "LicenseRef-proprietary"),
    ("python", "License: UNKNOWN\n", None),
    ("python", "License: Dual License\n", None),
    ("node", '{"license": "MIT"}', "MIT"),
    ("node", '{"license": {"type": "BSD-3-Clause", "url": "x"}}', "BSD-3-Clause"),
    ("node", '{"licenses": [{"type": "MIT"}, {"type": "GPL-2.0"}]}', "MIT OR GPL-2.0-only"),
    ("node", '{"license": "(MIT OR CC0-1.0)"}', "MIT OR CC0-1.0"),
    ("node", '{"license": "UNLICENSED"}', "LicenseRef-proprietary"),
    ("node", '{"license": "SEE LICENSE IN mine.txt"}', "MIT"),
    ("node", '{"license": "SEE LICENSE IN nothing.txt"}', None),
    ("node", '{"license": 7}', None),
    ("node", "[" * 100_000, None),
    ("cargo", '[package]\nlicense = "MIT/Apache-2.0"\n', "MIT OR Apache-2.0"),
    ("cargo", '[package]\nlicense-file = "mine.txt"\n', "MIT"),
    ("cargo", "[package]\nlicense.workspace = true\n", None),
    ("cargo", "not toml", None),
    ("maven", POM.format(ONE.format("The Apache Software License, Version 2.0")), "Apache-2.0"),
    ("maven", POM.format(ONE.format("MIT License") + ONE.format("EPL-2.0")), "MIT OR EPL-2.0"),
    ("maven", POM.format(ONE.format("MIT License") + ONE.format("Ours")), "MIT AND LicenseRef-unknown"),
    ("maven", "<!DOCTYPE x [<!ENTITY a 'b'>]>" + POM.format(ONE.format("MIT")), None),
    ("maven", "<project>", None),
    ("go", "", None),
]


@pytest.mark.parametrize(("ecosystem", "text", "expression"), METADATA)
def test_package_metadata(ecosystem: Ecosystem, text: str, expression: str | None) -> None:
    found = licence_of_package_metadata(ecosystem, text, {"mine.txt": sample("MIT")}.get)
    assert (found.expression if found else None) == expression


@pytest.mark.parametrize(
    ("stated", "files", "expression"),
    [
        ("MIT", "MIT", "MIT"),
        ("MIT", "MPL-2.0", "MIT AND MPL-2.0"),
        ("MIT OR MPL-2.0", "MPL-2.0", "MIT OR MPL-2.0"),
        (None, "Apache-2.0", "Apache-2.0"),
        ("BSD", "BSD-2-Clause", "BSD-2-Clause"),
    ],
)
def test_metadata_and_licence_files_are_settled(
    tmp_path: Path, stated: str | None, files: str, expression: str
) -> None:
    package = json.dumps({"name": "x", **({"license": stated} if stated else {})})
    write(tmp_path, {"package.json": package, "LICENSE.md": sample(files)})
    assert licence_of_package("node", tmp_path).expression == expression


def test_a_graver_licence_below_the_stated_one_is_not_lost(tmp_path: Path) -> None:
    text = f"{sample('MIT')}\n\nThe parser:\n\n{sample('MPL-2.0')}"
    write(tmp_path, {"package.json": '{"license": "MIT"}', "LICENSE": text})
    assert licence_of_package("node", tmp_path).expression == "MIT AND MPL-2.0"


@pytest.mark.parametrize(
    ("licence", "category"),
    [
        ("MIT", "permissive"),
        ("LGPL-3.0-or-later", "weak-copyleft"),
        ("GPL-2.0-only WITH Classpath-exception-2.0", "strong-copyleft"),
        ("Apache-2.0 WITH LLVM-exception", "permissive"),
        ("MIT WITH Nobody-knows-exception", "unknown"),
        ("AGPL-3.0-only", "network-copyleft"),
        ("BUSL-1.1", "non-free"),
        ("LicenseRef-anything", "unknown"),
        ("Never-Heard-Of-1.0", "unknown"),
    ],
)
def test_categories(licence: str, category: str) -> None:
    assert category_of(licence) == category


def test_credit_says_source_copyright_and_licence() -> None:
    finding = LicenceFinding("MIT", Confidence.SURE, (), ("Copyright (c) 2020 A. Person",))
    credit = attribution_for(finding, "thing 1.0, src/a.py, lines 1-9")
    assert credit.needed
    assert credit.lines[:3] == (
        "Copied from thing 1.0, src/a.py, lines 1-9.",
        "Copyright (c) 2020 A. Person",
        "Licence: MIT (SPDX)",
    )
    assert not attribution_for(LicenceFinding("CC0-1.0", Confidence.SURE), "x").needed
    partly = attribution_for(LicenceFinding("MIT AND LicenseRef-unknown", Confidence.UNKNOWN), "x").lines
    assert "MIT AND LicenseRef-unknown" in partly[1]
    assert "not recognised" in partly[-1]
    assert "not known" in " ".join(
        attribution_for(LicenceFinding("NOASSERTION", Confidence.UNKNOWN), "x").lines
    )
