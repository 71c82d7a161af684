"""Import statements resolved to files, in several languages, left out where they could mean two, right after edits."""

from pathlib import Path

import pytest

from tests.indexer.index_support import Project, make_project, write_files

PYTHON = {
    "src/shop/__init__.py": "from .orders import Order\n",
    "src/shop/orders.py": "import json\n\nclass Order: ...\n",
    "src/shop/cart.py": "from . import orders, mail\nfrom shop import Order\nimport shop.tax.rates as rates\n",
    "src/shop/mail.py": "from ..elsewhere import x\nfrom shop.tax import rates\n",
    "src/shop/json.py": "import os\n",
    "src/shop/tax/__init__.py": "",
    "src/shop/tax/rates.py": "def rate():\n    return 1\n",
    "tests/test_cart.py": "from shop import Order, checkout\n",
}
SCRIPTS = {
    "web/app.ts": 'import { a } from "./parts";\nimport b from "../lib/b.js";\nexport { c } from "@/c";\n',
    "web/parts/index.ts": "export const a = 1;\n",
    "lib/b.ts": "export default 1;\n",
    "packages/core/package.json": "{}\n",
    "packages/core/src/index.ts": "export const core = 1;\n",
    "packages/ui/main.js": 'const core = require("@acme/core");\nconst fs = require("fs");\n',
}
GO = {
    "go.mod": "module example.com/acme/shop\n",
    "store/bucket.go": "package store\n",
    "store/page.go": "package store\n",
    "store/page_test.go": "package store\n",
    "errors/errors.go": "package errors\n",
    "api/serve.go": (
        'package api\n\nimport (\n\t"example.com/acme/shop/store"\n\t"example.com/acme/shop/errors"\n'
        '\t"net/http"\n\t"github.com/other/errors"\n)\n'
    ),
}
JAVA = {
    "src/main/java/com/acme/Reader.java": "package com.acme;\npublic class Reader { class Page {} }\n",
    "src/main/java/com/acme/io/Printer.java": (
        "package com.acme.io;\n\nimport com.acme.Reader.Page;\nimport static com.acme.Reader.read;\n"
        "import java.util.List;\n\nclass Printer {}\n"
    ),
}
RUST = {
    "src/lib.rs": "mod frame;\nmod draw;\npub use frame::FrameBuffer;\n",
    "src/frame/mod.rs": "pub mod pixel;\nuse self::pixel::Pixel;\npub struct FrameBuffer {}\n",
    "src/frame/pixel.rs": "use super::FrameBuffer;\npub struct Pixel;\n",
    "src/draw.rs": "use crate::{frame::pixel::{Pixel, BLACK}, FrameBuffer};\nuse std::fmt;\n",
}
C = {
    "include/ring/ring.h": "int push(int);\n",
    "src/ring.c": '#include "ring/ring.h"\n#include "local.h"\n#include <stdio.h>\n',
    "src/local.h": "#define N 1\n",
    "other/local.h": "#define N 2\n",
    "main.c": '#include "local.h"\n',
}
REST = {
    "lib/acme.rb": 'require "acme/base"\nrequire_relative "acme/tool"\nrequire "set"\n',
    "lib/acme/base.rb": "module Acme; end\n",
    "lib/acme/tool.rb": "module Acme; end\n",
    "lib/acme/deep_query.ex": "defmodule Acme.DeepQuery do\nend\n",
    "lib/acme/repo.ex": "defmodule Acme.Repo do\n  alias Acme.DeepQuery\n  use GenServer\nend\n",
    "src/Data/Ring.hs": "module Data.Ring where\n",
    "src/Main.hs": "module Main where\nimport Data.Ring\nimport Data.List\n",
    "php/src/Model/User.php": "<?php\nnamespace Acme\\Model;\nclass User {}\n",
    "php/src/index.php": "<?php\nuse Acme\\Model\\User;\nuse Other\\Thing;\n",
}


def edges_of(project: Project) -> dict[str, set[str]]:
    """Return what each file imports, of those that import something."""
    project.update()
    snapshot = project.open()
    found = {
        path: {snapshot.paths[other] for other, _ in snapshot.imported_by(row)}
        for row, path in enumerate(snapshot.paths)
    }
    return {path: others for path, others in found.items() if others}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            PYTHON,
            {
                "src/shop/__init__.py": {"src/shop/orders.py"},
                "src/shop/cart.py": {"src/shop/orders.py", "src/shop/mail.py", "src/shop/tax/rates.py"},
                "src/shop/mail.py": {"src/shop/tax/rates.py"},
                "tests/test_cart.py": {"src/shop/orders.py", "src/shop/__init__.py"},
            },
        ),
        (
            SCRIPTS,
            {
                "web/app.ts": {"web/parts/index.ts", "lib/b.ts"},
                "packages/ui/main.js": {"packages/core/src/index.ts"},
            },
        ),
        (GO, {"api/serve.go": {"store/bucket.go", "store/page.go", "errors/errors.go"}}),
        (JAVA, {"src/main/java/com/acme/io/Printer.java": {"src/main/java/com/acme/Reader.java"}}),
        (
            RUST,
            {
                "src/lib.rs": {"src/frame/mod.rs"},
                "src/frame/mod.rs": {"src/frame/pixel.rs"},
                "src/frame/pixel.rs": {"src/frame/mod.rs"},
                "src/draw.rs": {"src/frame/pixel.rs", "src/lib.rs"},
            },
        ),
        (C, {"src/ring.c": {"include/ring/ring.h", "src/local.h"}}),
        (
            REST,
            {
                "lib/acme.rb": {"lib/acme/base.rb", "lib/acme/tool.rb"},
                "lib/acme/repo.ex": {"lib/acme/deep_query.ex"},
                "src/Main.hs": {"src/Data/Ring.hs"},
                "php/src/index.php": {"php/src/Model/User.php"},
            },
        ),
    ],
    ids=["python", "scripts", "go", "java", "rust", "c", "others"],
)
def test_imports_lead_to_files(tmp_path: Path, files: dict[str, str], expected: dict[str, set[str]]) -> None:
    assert edges_of(make_project(tmp_path, files)) == expected


def test_a_tree_may_begin_within_its_package(tmp_path: Path) -> None:
    names = ["Reader", "Writer", "Page", "Book"]
    files = {f"{name}.java": f"package com.acme;\nclass {name} {{}}\n" for name in names}
    files["io/Shelf.java"] = "".join(f"import com.acme.{name};\n" for name in names) + "class Shelf {}\n"
    assert edges_of(make_project(tmp_path, files)) == {"io/Shelf.java": {f"{name}.java" for name in names}}


def test_edges_stay_right_through_edits(tmp_path: Path) -> None:
    project = make_project(tmp_path, PYTHON)
    before = edges_of(project)
    edited = {
        "src/shop/json.py": "import os\n\nVALUE = 1\n",
        "src/shop/cart.py": PYTHON["src/shop/cart.py"] + "\nX = 1\n",
    }
    write_files(project.root, edited)
    assert edges_of(project) == before
    write_files(project.root, {"src/shop/mail.py": "from shop.orders import Order\n"})
    assert edges_of(project)["src/shop/mail.py"] == {"src/shop/orders.py"}
    write_files(project.root, {"src/shop/checkout.py": "from .cart import x\n"})
    assert edges_of(project)["src/shop/checkout.py"] == {"src/shop/cart.py"}
    (project.root / "src/shop/cart.py").unlink()
    assert "src/shop/checkout.py" not in edges_of(project)


def test_importers_come_with_the_line_of_their_statement(tmp_path: Path) -> None:
    project = make_project(tmp_path, PYTHON)
    project.update()
    snapshot = project.open()
    row = snapshot.file_row("src/shop/tax/rates.py")
    assert row is not None
    found = {snapshot.paths[importer]: line for importer, line in snapshot.importers_of(row)}
    assert found == {"src/shop/cart.py": 3, "src/shop/mail.py": 2}


def test_lines_of_statements_move_with_edits(tmp_path: Path) -> None:
    project = make_project(tmp_path, PYTHON)
    project.update()
    pushed_down = f"# Carts.\n\n{PYTHON['src/shop/cart.py']}"
    write_files(
        project.root, {"src/shop/cart.py": pushed_down, "src/shop/json.py": "import os\n\nVALUE = 1\n"}
    )
    project.update()
    updated, fresh = project.open(), project.fresh(tmp_path / "fresh")
    for path in fresh.paths:
        pairs = []
        for snapshot in (updated, fresh):
            row = snapshot.file_row(path)
            assert row is not None
            pairs.append({(snapshot.paths[other], line) for other, line in snapshot.importers_of(row)})
        assert pairs[0] == pairs[1]
    rates = updated.file_row("src/shop/tax/rates.py")
    assert rates is not None
    assert ("src/shop/cart.py", 5) in {
        (updated.paths[row], line) for row, line in updated.importers_of(rates)
    }
