"""The process that indexes loads only what it needs: each worker that it starts loads the same again."""

from __future__ import annotations

import subprocess
import sys

from tests.servers.launch import ROOT

_CODE = """
import sys, lsp.indexing.worker, lsp.corpora_worker
print(sorted({"asyncio", "lsprotocol", "pygls"} & set(sys.modules)))
"""


def test_the_processes_beside_the_server_load_no_protocol() -> None:
    said = subprocess.run([sys.executable, "-c", _CODE], cwd=ROOT, check=True, capture_output=True, text=True)
    assert said.stdout.strip() == "[]"
