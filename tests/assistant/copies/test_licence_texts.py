import random
from collections.abc import Callable

import pytest

from assistant.copies.licences import Confidence, identify_text
from tests.assistant.copies.licence_samples import sample

NAMES = ["MIT", "BSD-3-Clause", "BSD-2-Clause", "Apache-2.0", "MPL-2.0"]


def commented(text: str) -> str:
    return "/*\n" + "".join(f" * {line}\n" for line in text.splitlines()) + " */\n"


def rewrapped(text: str) -> str:
    words = text.split()
    return "\n".join(" ".join(words[at : at + 9]) for at in range(0, len(words), 9))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("change", [str, str.upper, commented, rewrapped])
def test_a_licence_is_recognised_in_any_layout(name: str, change: Callable[[str], str]) -> None:
    assert identify_text(change(sample(name))).expression == name


@pytest.mark.parametrize("name", NAMES)
def test_a_licence_as_published_is_sure_and_says_where(name: str) -> None:
    found = identify_text(sample(name), "LICENSE")
    assert found.confidence is Confidence.SURE
    assert found.evidence[0].startswith("LICENSE lines ")
    assert f"text of {name}" in found.evidence[0]


@pytest.mark.parametrize("first", NAMES)
@pytest.mark.parametrize("second", NAMES)
def test_a_second_licence_is_not_hidden(first: str, second: str) -> None:
    found = identify_text(f"{sample(first)}\n\nParts of it:\n\n{sample(second)}")
    assert set(found.expression.split(" AND ")) >= {first, second}


RESTRICTIONS = [
    "The Software shall not be used for military purposes.",
    "This permission is for non-commercial use only.",
    "You must pay a fee for every copy that is sold.",
    "Redistribution is prohibited in some countries.",
    "Files in vendor/ are licensed under the Tea Drinkers' License.",
    "This license is granted to members of the club.",
    "The Software is licensed to students.",
    "Licensed under the Tea License.",
    "Except for the logo, which is a copy of somebody's icon and as such is copyright of somebody.",
    "Excluding the fonts, all of this is free.",
    "Use in production requires a subscription.",
    "The Commons Clause applies to this software.",
    "No part of this software may be reproduced.",
    "Companies with more than 100 employees need a separate agreement.",
    "You agree to the terms at https://tea.example/terms.",
    "The license of this package is Tea-1.0.",
    "Dual licensed: MIT for open source projects, commercial license otherwise.",
    "This project is source-available.",
    "Use of the Software is subject to the Tea License, see https://tea.example/terms.",
    "Except for commercial use, which needs a license from us, this is free software.",
]


@pytest.mark.parametrize("restriction", RESTRICTIONS)
@pytest.mark.parametrize("name", ["MIT", "BSD-3-Clause", "Apache-2.0"])
@pytest.mark.parametrize("place", ["before", "within", "after"])
def test_a_condition_put_in_is_an_unknown_part(name: str, restriction: str, place: str) -> None:
    text = sample(name)
    middle = text.index("\n\n", len(text) // 3)
    changed = {
        "before": f"{restriction}\n\n{text}",
        "within": f"{text[:middle]}\n\n{restriction}{text[middle:]}",
        "after": f"{text}\n\n{restriction}\n",
    }[place]
    found = identify_text(changed)
    assert not found.known
    assert found.confidence is Confidence.UNKNOWN
    assert "not recognised" in " ".join(found.evidence)


ASIDES = [
    "Teapot is licensed under the terms of the {0} license, reproduced below.",
    "# License information",
    "Teapot is distributed under the {0} license (see LICENSE.txt in the root of this repository for details).",
    "The full text of the license is included here.",
    "Teapot comes without any warranty.",
    "If you contribute code to this project, you allow it to be distributed under this license.",
    "Copyright Ada Lovelace and others, see AUTHORS for the list of contributors.",
    "The license is an OSI approved Open Source license and is GPL-compatible.",
]


@pytest.mark.parametrize("aside", ASIDES)
@pytest.mark.parametrize("name", ["MIT", "BSD-3-Clause", "Apache-2.0"])
@pytest.mark.parametrize("place", ["before", "after"])
def test_what_is_said_about_a_licence_is_no_licence(name: str, aside: str, place: str) -> None:
    said = aside.format({"BSD-3-Clause": "3-Clause BSD", "Apache-2.0": "Apache 2.0"}.get(name, name))
    text = f"{said}\n\n{sample(name)}" if place == "before" else f"{sample(name)}\n\n{said}\n"
    assert identify_text(text).expression == name


@pytest.mark.parametrize(
    "note",
    [
        "Files in vendor/ have a license of their own.",
        "All packages under `src/` are licensed according to the terms in their respective `LICENSE` files.",
        "Except where otherwise noted, this license applies to all files.",
        "Some files of this project are licensed under different licenses.",
    ],
)
def test_a_note_that_parts_have_licences_of_their_own_is_kept(note: str) -> None:
    found = identify_text(f"{sample('MIT')}\n\n{note}\n")
    assert (found.expression, found.has_other_parts) == ("MIT", True)
    assert found.confidence is Confidence.PROBABLE
    assert not identify_text(sample("MIT")).has_other_parts


def test_the_name_of_another_licence_in_prose_is_kept() -> None:
    note = "The files in contrib/ are licensed under the GNU General Public License, version 2."
    assert identify_text(f"{sample('MIT')}\n\n{note}\n").expression == "MIT AND GPL-2.0-only"
    middle = sample("MIT").index("\n\n", 300)
    within = sample("MIT")[:middle] + "\n\n" + note + sample("MIT")[middle:]
    assert "GPL-2.0-only" in identify_text(within).expression


def test_long_text_put_into_a_licence_is_not_a_name() -> None:
    strange = "Whoever drinks tea shall bring a cup along, and another one for each guest who comes by on a rainy day."
    text = sample("MIT")
    middle = text.index("\n\n", 300)
    for note in (strange, strange.replace("shall", "will")):
        assert not identify_text(f"{text[:middle]}\n\n{note}{text[middle:]}").known


@pytest.mark.parametrize(
    "line",
    [
        "Copyright (c) 2020 Ada Lovelace, for non-commercial use only.",
        "(c) 2020 Ada Lovelace - proprietary and confidential",
        "Copyright 2020 Ada Lovelace. Licensed under the Tea License.",
    ],
)
def test_terms_on_a_copyright_line_are_not_lost(line: str) -> None:
    for text in (f"{line}\n\n{sample('MIT')}", f"{sample('MIT')}\n\n{line}\n"):
        assert identify_text(text).expression != "MIT"
    assert identify_text(
        sample("MIT") + "\n\nCopyright 2020 Ada, under the GPL, version 2.\n"
    ).expression == ("MIT AND GPL-2.0-only")


def test_the_closing_advice_of_the_gpl_is_no_second_licence() -> None:
    advice = "If this is what you want to do, use the GNU Lesser General Public\nLicense instead of this License.\n"
    assert identify_text("GNU General Public License, version 2\n\n" + advice).expression == "GPL-2.0-only"


def test_an_operating_system_is_no_licence() -> None:
    assert identify_text("Teapot runs on Linux, FreeBSD and OpenBSD.").expression == "NOASSERTION"


def test_a_word_that_turns_the_grant_around_is_noticed() -> None:
    changed = sample("MIT").replace("without restriction", "with non-commercial restriction")
    assert not identify_text(changed).known
    changed = sample("MIT").replace("is hereby granted", "is hereby not granted")
    assert not identify_text(changed).known


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("This project is dual-licensed under the Unlicense and MIT licenses.", "Unlicense OR MIT"),
        ("Licensed under the Apache License, Version 2.0.", "Apache-2.0"),
        (
            "Licensed under the GNU General Public License, version 2 or any later version.",
            "GPL-2.0-or-later",
        ),
        ("GNU General Public License v3", "GPL-3.0-only"),
        ("Released under the GNU Lesser General Public License 2.1", "LGPL-2.1-only"),
        ("It is under the GNU Affero General Public License.", "AGPL-1.0-or-later"),
        ("Dedicated to the public domain.", "LicenseRef-public-domain"),
        ("This is under a BSD license.", "NOASSERTION"),
        ("Creative Commons Attribution-ShareAlike 4.0 International", "CC-BY-SA-4.0"),
        ("Licensed under the Tea License or the MIT License.", "MIT AND LicenseRef-unknown"),
        ("# GNU Lesser General Public\n# License, version 2.1", "LGPL-2.1-only"),
        ("Dual licensed under WTFPL and MIT", "WTFPL OR MIT"),
        ("Ada Lovelace\nCharles Babbage\n", "NOASSERTION"),
        ("", "NOASSERTION"),
        ("\x00\x01\ufffd" * 1_000, "NOASSERTION"),
    ],
)
def test_names_in_prose(text: str, expression: str) -> None:
    assert identify_text(text).expression == expression


def test_names_of_holders_and_lists_of_authors_change_nothing() -> None:
    text = sample("BSD-3-Clause").replace("the copyright holder nor", "the Analytical Engine Society nor")
    assert identify_text(
        text + "\n\nWith thanks to Ada Lovelace, Charles Babbage and others."
    ).expression == ("BSD-3-Clause")


def test_a_file_with_a_dozen_bundled_licences_keeps_all_of_them() -> None:
    expression = identify_text(sample("numpy")).expression
    for part in ("BSD-3-Clause", "GPL-3.0"):
        assert part in expression


def test_ordinary_prose_and_random_words_are_no_licence() -> None:
    made = random.Random(7)
    vocabulary = sorted(set(" ".join(map(sample, NAMES)).split()))
    for _ in range(20):
        shuffled = " ".join(made.choices(vocabulary, k=400))
        assert not identify_text(shuffled).known


def test_a_text_beyond_the_limit_is_not_said_to_be_known() -> None:
    assert not identify_text(sample("MIT") + "\n\nname\n" * 200_000).known


def test_copyright_lines_are_kept() -> None:
    assert any(
        "pygments" in line.lower() or "Copyright" in line
        for line in identify_text(sample("BSD-2-Clause")).copyrights
    )


def test_the_third_clause_of_the_bsd_has_many_wordings() -> None:
    clause = "* The names of any contributors may not be used to endorse or promote products derived from it."
    changed = sample("BSD-2-Clause").replace("THIS SOFTWARE IS", f"{clause}\n\nTHIS SOFTWARE IS", 1)
    found = identify_text(changed)
    assert (found.expression, found.confidence) == ("BSD-3-Clause", Confidence.PROBABLE)
