"""Which files use which: names resolved across files, in several languages, and kept right through edits."""

from pathlib import Path

import numpy as np
import pytest

from indexer.graph import MentionHashes, definition_hash, link_mentions, mention_hash
from tests.indexer.index_support import Project, make_project

PYTHON = {
    "shop/orders.py": (
        "class Order:\n    def total_price(self):\n        return 1\n\n\ndef parse(text):\n    return text\n"
    ),
    "shop/cart.py": "from shop.orders import Order\n\n\ndef checkout():\n    return Order().total_price()\n",
    "shop/mail.py": "def send_receipt(order):\n    return parse(order.total_price())\n",
    "tests/test_orders.py": "from shop.orders import Order\n\n\ndef test_order():\n    assert Order()\n",
    "README.md": "# Shop\n\nSee `Order`.\n",
}
GO = {
    "store/store.go": "package store\n\ntype Bucket struct{}\n\nfunc NewBucket() *Bucket { return nil }\n",
    "api/serve.go": 'package api\n\nimport "x/store"\n\nfunc Serve() { store.NewBucket() }\n',
    "api/serve_test.go": "package api\n\nfunc TestServe() { NewBucket() }\n",
}
JAVA = {
    "src/a/PageReader.java": "package a;\n\npublic class PageReader {\n  public int pageCount() { return 1; }\n}\n",
    "src/b/Printer.java": "package b;\n\nimport a.PageReader;\n\nclass Printer {\n  PageReader reader;\n}\n",
}
RUST = {
    "src/lib.rs": "mod frame;\npub use frame::FrameBuffer;\n",
    "src/frame.rs": "pub struct FrameBuffer {}\n\nimpl FrameBuffer {\n    pub fn swap_buffers(&self) {}\n}\n",
    "src/draw.rs": "use crate::frame::FrameBuffer;\n\nfn draw(buffer: &FrameBuffer) {\n    buffer.swap_buffers()\n}\n",
}
TYPESCRIPT = {
    "src/router.ts": "export class RouteTable {}\n\nexport const createRouter = () => new RouteTable();\n",
    "src/server.ts": 'import { createRouter } from "./router";\n\ncreateRouter();\n',
}
C = {
    "ring.h": "typedef struct ring_buffer { int size; } ring_buffer;\nint ring_push(ring_buffer *ring);\n",
    "ring.c": '#include "ring.h"\n\nint ring_push(ring_buffer *ring) {\n  return ring->size;\n}\n',
    "main.c": '#include "ring.h"\n\nint main(void) {\n  return ring_push(0);\n}\n',
}


def users_of(project: Project) -> dict[str, int]:
    """Return how many files use each file."""
    project.update()
    snapshot = project.open()
    return dict(zip(snapshot.paths, snapshot.files.records["users"].tolist(), strict=True))


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (PYTHON, {"shop/orders.py": 2}),
        (GO, {"store/store.go": 1}),
        (JAVA, {"src/a/PageReader.java": 1}),
        (RUST, {"src/frame.rs": 2}),
        (TYPESCRIPT, {"src/router.ts": 1}),
        (C, {"ring.h": 2, "ring.c": 1}),
    ],
    ids=["python", "go", "java", "rust", "typescript", "c"],
)
def test_code_that_mentions_a_definition_uses_its_file(
    tmp_path: Path, files: dict[str, str], expected: dict[str, int]
) -> None:
    users = users_of(make_project(tmp_path, files))
    assert {path: count for path, count in users.items() if count} == expected


def test_a_file_knows_how_many_others_it_uses(tmp_path: Path) -> None:
    project = make_project(tmp_path, PYTHON)
    project.update()
    snapshot = project.open()
    uses = dict(zip(snapshot.paths, snapshot.files.records["uses"].tolist(), strict=True))
    assert {path: count for path, count in uses.items() if count} == {"shop/cart.py": 1, "shop/mail.py": 1}


def test_a_telling_name_leads_to_the_code_that_mentions_it(tmp_path: Path) -> None:
    project = make_project(tmp_path, PYTHON)
    project.update()
    snapshot = project.open()
    rows = snapshot.files_mentioning("total_price")
    assert rows is not None
    assert {snapshot.paths[row] for row in rows} == {"shop/orders.py", "shop/cart.py", "shop/mail.py"}
    assert snapshot.files_mentioning("parse") is None
    cart = snapshot.file_row("shop/cart.py")
    assert cart is not None
    assert snapshot.modules_imported_by(cart) == ["shop.orders import Order"]


def test_an_edit_changes_who_uses_files_that_were_not_edited(tmp_path: Path) -> None:
    project = make_project(tmp_path, PYTHON)
    assert users_of(project)["shop/orders.py"] == 2
    (project.root / "shop/mail.py").write_text("def send_receipt(order):\n    return order\n")
    assert users_of(project)["shop/orders.py"] == 1
    (project.root / "shop/tax.py").write_text("def total_price():\n    return send_receipt(1)\n")
    users = users_of(project)
    assert users["shop/tax.py"] == 1  # cart.py mentions a name that both define
    assert users["shop/mail.py"] == 1
    (project.root / "shop/orders.py").unlink()
    assert users_of(project)["shop/tax.py"] == 1


def test_of_several_definitions_the_nearest_is_meant(tmp_path: Path) -> None:
    files = {
        "web/http/form_data.py": "class FormData:\n    pass\n",
        "desk/form_data.py": "class FormData:\n    pass\n",
        "web/page.py": "FormData()\n",
        "other.py": "FormData()\n",
    }
    assert users_of(make_project(tmp_path, files)) == {
        "web/http/form_data.py": 2,
        "desk/form_data.py": 1,
        "web/page.py": 0,
        "other.py": 0,
    }


def test_a_name_that_many_files_define_leads_nowhere(tmp_path: Path) -> None:
    files = {f"part{number}/plugin.py": "class Plugin:\n    pass\n" for number in range(4)}
    users = users_of(make_project(tmp_path, files | {"host.py": "Plugin()\n"}))
    assert set(users.values()) == {0}


@pytest.mark.parametrize(
    ("name", "telling"),
    [
        ("Parser", True),
        ("parse_page", True),
        ("parsePage", True),
        ("MAX_SIZE", True),
        ("parse", False),
        ("x2", False),
    ],
)
def test_a_word_of_one_part_without_a_capital_says_too_little(name: str, telling: bool) -> None:
    assert bool(mention_hash(name)) == telling


def test_definitions_are_referred_to_by_their_last_word() -> None:
    assert definition_hash("Shop.Order", "module", 0) == mention_hash("Order")
    assert definition_hash("Order", "function", 0) == 0
    assert definition_hash("total_price", "method", 1) == mention_hash("total_price")
    assert definition_hash("total_price", "function", 2) == 0
    assert definition_hash("Getting_Started", "section", 0) == 0


def test_mentions_are_each_kept_once_and_ascend() -> None:
    hashes = MentionHashes().of(["Parser", "of", "Parser", "parse_page", "if"])
    assert hashes.tolist() == sorted({mention_hash("Parser"), mention_hash("parse_page")})


def test_nothing_links_nothing() -> None:
    none = np.empty(0, np.uint32)
    rows = np.empty(0, np.int64)
    links = link_mentions([], none, rows, none, rows)
    assert not len(links.users)
    assert not len(links.users_of_each(0))
