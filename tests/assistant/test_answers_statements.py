"""What is said in a sentence: the first one of documentation, whole and without marks."""

import pytest

from assistant.answers.statements import first_sentence
from assistant.cli.ask import wrapped


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (["/* Performs N steps. Returns 1 if there are still", " * keys to move. */"], "Performs N steps."),
        (
            ["// Load reads a file that", "// nobody wrote, e.g. Tables.", "func Load() {"],
            "Load reads a file that nobody wrote, e.g. Tables.",
        ),
        (['    """Reads pages."""', "    return 1"], "Reads pages."),
        (['    """Reads pages', "", "    :param a: one"], "Reads pages"),
        ([" * Reads <p>pages</p>", " * @param a one"], "Reads pages"),
        (["# Reads v1.2 of it", "def read(self):"], "Reads v1.2 of it"),
    ],
)
def test_the_first_sentence_of_a_comment(lines: list[str], sentence: str) -> None:
    assert first_sentence(lines) == sentence


def test_a_path_is_never_broken_in_two() -> None:
    path = "src/very-long-name-of-a-folder/and-another-one/no-config-found.js:1-15"
    text = f"The best match is {path}; next is {path}."
    assert [word.strip(";.") for word in wrapped(text, 40).split() if "/" in word] == [path, path]
