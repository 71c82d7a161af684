import json
import multiprocessing
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from assistant.cli.audit import command
from assistant.privacy.audit import KEPT_LOGS, AuditLog
from assistant.privacy.errors import EgressRefusedError


def request(number: int, **more: object) -> dict[str, object]:
    return {
        "backend": "work",
        "method": "POST",
        "url": f"http://127.0.0.1/v1/{number}",
        "bytes_out": number,
        **more,
    }


def fill(folder: str, number: int, max_bytes: int) -> None:
    log = AuditLog(Path(folder), max_bytes=max_bytes)
    for i in range(200):
        log.end(log.start(request(1000 * number + i, files=[{"path": "x" * 300}])), {"outcome": "200"})


def test_a_request_is_there_before_it_is_over(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "state")
    name = log.start(request(1))
    (entry,) = log.entries()
    assert entry.ended is None
    assert entry.as_record()["outcome"] == "no end recorded"
    log.end(name, {"outcome": "200", "bytes_in": 7})
    (entry,) = log.entries()
    assert entry.as_record()["bytes_in"] == 7
    assert entry.as_record()["url"] == "http://127.0.0.1/v1/1"


def test_the_log_is_for_its_owner_alone(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "state", max_bytes=500)
    for i in range(20):
        log.start(request(i))
    kept = sorted((tmp_path / "state").glob("*.jsonl"))
    assert len(kept) >= 2
    assert {stat.S_IMODE(file.stat().st_mode) for file in kept} == {0o600}
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700


def test_an_open_mode_is_corrected(tmp_path: Path) -> None:
    log = AuditLog(tmp_path)
    log.file.touch(0o644)
    log.start(request(1))
    assert stat.S_IMODE(log.file.stat().st_mode) == 0o600


def test_the_log_is_rotated_and_old_logs_are_dropped(tmp_path: Path) -> None:
    log = AuditLog(tmp_path, max_bytes=2_000)
    for i in range(200):
        log.start(request(i))
    files = list(tmp_path.glob("*.jsonl"))
    assert len(files) in (KEPT_LOGS, KEPT_LOGS + 1)
    assert all(file.stat().st_size < 2_500 for file in files)
    numbers = [entry.started["bytes_out"] for entry in log.entries()]
    assert numbers == list(range(numbers[0], 200))
    assert [entry.started["bytes_out"] for entry in log.entries(3)] == [197, 198, 199]


def test_processes_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=fill, args=(str(tmp_path), number, 10**9)) for number in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    lines = (tmp_path / "audit.jsonl").read_text().splitlines()
    assert len(lines) == 3 * 200 * 2
    assert all(json.loads(line) for line in lines)
    entries = AuditLog(tmp_path).entries()
    assert len(entries) == 600
    assert all(entry.ended is not None for entry in entries)


def test_processes_that_rotate_at_once_lose_nothing_that_is_kept(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=fill, args=(str(tmp_path), number, 150_000)) for number in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(list(tmp_path.glob("audit*.jsonl"))) >= 2
    assert len(AuditLog(tmp_path).entries()) == 600


def test_a_broken_line_is_passed_over(tmp_path: Path) -> None:
    log = AuditLog(tmp_path)
    log.start(request(1))
    with log.file.open("a") as file:
        file.write('{"id": "x", "ev\nnonsense\n[1]\n')
    log.start(request(2))
    assert [entry.started["bytes_out"] for entry in log.entries()] == [1, 2]


def test_a_link_in_the_place_of_the_log_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("")
    (tmp_path / "audit.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(EgressRefusedError, match="audit log"):
        AuditLog(tmp_path).start(request(1))
    assert (tmp_path / "elsewhere").read_text() == ""


def shown(folder: Path, *arguments: str) -> str:
    result = CliRunner().invoke(command, list(arguments), env={"ASSIST_STATE_DIR": str(folder)})
    assert result.exception is None
    return result.output


def test_the_command_lists_requests(tmp_path: Path) -> None:
    log = AuditLog(tmp_path, full_text=True)
    files = [{"root": "/r", "path": f"src/f{i}.py", "lines": [1, 9]} for i in range(6)]
    left = [{"path": ".env", "reason": "private"}]
    record = request(3_200, files=files, redacted={"password": 2}, left_out=left)
    log.end(log.start(record, "the \x1b[31mbody"), {"outcome": "200", "bytes_in": 812, "ms": 1_403})
    log.start(request(5))
    output = shown(tmp_path)
    assert "work  POST http://127.0.0.1/v1/3200" in output
    assert "200, 3.2 kB out, 812 B in, 1,403 ms" in output
    assert "src/f3.py:1-9" in output
    assert "src/f4.py" not in output
    assert "and 2 more passages: --full" in output
    assert "redacted: 2 x password" in output
    assert "left out: .env (private)" in output
    assert "no end recorded" in output
    assert "body" not in output
    assert "v1/3200" not in shown(tmp_path, "-n", "1")
    full = shown(tmp_path, "--full")
    assert "src/f5.py:1-9" in full
    assert r"the \x1b[31mbody" in full
    objects = [json.loads(line) for line in shown(tmp_path, "--json").splitlines()]
    assert [item["bytes_out"] for item in objects] == [3_200, 5]


def test_the_command_says_when_nothing_was_sent(tmp_path: Path) -> None:
    assert shown(tmp_path).startswith("Nothing was sent yet")
