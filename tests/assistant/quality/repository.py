"""A small git repository with documentation and a history that can be asked for."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

POOL = '''class ConnectionPool:
    """Keeps sockets that are open so that they can be used again."""

    def __init__(self):
        self.free = []

    def acquire(self):
        """Hand out a socket that nobody else is using now."""
        return self.free.pop()

    def release(self, socket):
        """Take back what was handed out before."""
        self.free.append(socket)
'''
RETRY = '''import time


def retry_with_backoff(call, attempts=3):
    """Call a function once more after each failure, waiting longer every time."""
    for attempt in range(attempts):
        try:
            return call()
        except OSError:
            time.sleep(2**attempt)
'''
PRICES = """def total_price_with_tax(items, rate):
    net = sum(item.price for item in items)
    return net * (1 + rate)


class PriceList:
    def __init__(self, items):
        self.items = items
"""


def commit(root: Path, subject: str, files: Mapping[str, str]) -> None:
    """Write files and commit them."""
    for path, text in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", root, "add", "-A"], check=True)
    subprocess.run(["git", "-C", root, *who, "commit", "-q", "-m", subject], check=True)


def repository(folder: Path) -> Path:
    """Make the repository; its last two commits change one file of code each."""
    root = folder / "work"
    root.mkdir()
    subprocess.run(["git", "init", "-q", root], check=True)
    files = {"shop/pool.py": POOL, "shop/retry.py": RETRY, "shop/prices.py": PRICES, "README.md": "# Shop\n"}
    commit(root, "Begin", files)
    more = "\n    def close_idle(self):\n        self.free.clear()\n"
    commit(root, "Close connections that were idle too long", {"shop/pool.py": POOL + more})
    commit(root, "Fix typo", {"README.md": "# A shop\n"})
    longer = RETRY.replace("2**attempt", "3**attempt")
    commit(root, "Wait a little longer between two attempts", {"shop/retry.py": longer})
    return root
