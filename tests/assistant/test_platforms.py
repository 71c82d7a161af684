import pytest

from assistant.retrieval.platforms import asks_for_platform, elsewhere

LIBRARY = ["src/core.c", "src/unix/pipe.c", "src/unix/aix.c", "src/unix/linux.c", "src/win/pipe.c"]


@pytest.mark.parametrize(
    ("system", "expected"),
    [("linux", [0, 0, 1, 0, 1]), ("darwin", [0, 0, 1, 1, 1]), ("win32", [0, 1, 1, 1, 0])],
)
def test_files_for_other_systems_are_told_by_this_one(system: str, expected: list[int]) -> None:
    assert elsewhere(LIBRARY, system).tolist() == expected


def test_a_name_alone_is_not_a_system() -> None:
    assert not elsewhere(["query/windows.ex", "ui/windows/main.py", "crypto/mac.go"], "linux").any()


def test_suffixes_of_one_file_are_systems() -> None:
    paths = ["exec.go", "exec_linux.go", "Exec_Windows.go", "exec-darwin.rs"]
    assert elsewhere(paths, "linux").tolist() == [0, 0, 1, 0]


def test_no_files_have_no_flags() -> None:
    assert elsewhere([], "linux").shape == (0,)


def test_a_system_is_asked_for_by_any_of_its_names() -> None:
    assert asks_for_platform({"pipes", "win32"})
    assert not asks_for_platform({"pipes"})
