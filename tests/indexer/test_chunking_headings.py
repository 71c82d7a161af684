"""Documents are cut by their headings."""

from __future__ import annotations

from indexer.chunking import ParsedSource, parse_source
from indexer.languages import LANGUAGES
from tests.indexer.chunking_sample import check_properties, described


def _parsed(text: str, language: str = "markdown") -> ParsedSource:
    parsed = parse_source(text.encode(), LANGUAGES[language])
    check_properties(text.encode(), parsed)
    return parsed


def test_headings_nest_by_level() -> None:
    text = "# Guide\n\nIntro.\n\n## Install ##\n\nText.\n\n### On Linux\n\nText.\n\n## Use\n\nText.\n"
    assert [described(one) for one in _parsed(text).definitions] == [
        "section |Guide 1-15 @1 0",
        "section Guide|Install 5-12 @5 1",
        "section Guide.Install|On Linux 9-12 @9 2",
        "section Guide|Use 13-15 @13 1",
    ]


def test_underlined_headings() -> None:
    text = "Guide\n=====\n\nText.\n\nUse\n---\n\n- item\n---\n"
    assert [described(one) for one in _parsed(text).definitions] == [
        "section |Guide 1-10 @1 0",
        "section Guide|Use 6-10 @6 1",
    ]


def test_code_blocks_and_front_matter_hold_no_headings() -> None:
    front_matter = "---\ntitle: a\n# no\n---\n# Yes\n\n"
    text = front_matter + "```sh\n# no\n~~~\n# no\n```\n\n~~~~\n# no\n~~~\n# no\n~~~~\n## Also\n"
    assert [one.name for one in _parsed(text).definitions] == ["Yes", "Also"]


def test_an_unclosed_code_block_reaches_to_the_end() -> None:
    assert [one.name for one in _parsed("# A\n```\n# no\n").definitions] == ["A"]


def test_what_only_looks_like_a_heading_is_none() -> None:
    assert _parsed("#no space\n####### seven\n#\n    # indented\n| a |\n|---|\n").definitions == ()


def test_rst_levels_follow_the_order_of_styles() -> None:
    text = "=====\nGuide\n=====\n\nInstall\n-------\n\nText::\n\n    a\n\nLinux\n~~~~~\n\nUse\n---\n"
    assert [described(one) for one in _parsed(text, "rst").definitions] == [
        "section |Guide 1-16 @2 0",
        "section Guide|Install 5-14 @5 1",
        "section Guide.Install|Linux 12-14 @12 2",
        "section Guide|Use 15-16 @15 1",
    ]


def test_large_sections_are_cut_and_small_ones_share_a_chunk() -> None:
    small = "## Small\n\nText.\n\n"
    large = "## Large\n\n" + ("A sentence of a paragraph. " * 12 + "\n\n") * 8
    chunks = _parsed("# Guide\n\n" + small * 3 + large).chunks
    assert chunks[0].name == "Guide"
    assert chunks[0].end_line == 13
    assert {chunk.name for chunk in chunks[1:]} == {"Large"}
    assert {chunk.scope for chunk in chunks[1:]} == {"Guide"}


def test_a_section_does_not_join_a_deeper_one_before_it() -> None:
    chunks = _parsed("# A\n\n## B\n\nText.\n\n# C\n\nText.\n").chunks
    assert [(chunk.name, chunk.start_line) for chunk in chunks] == [("A", 1)]
    chunks = _parsed("## B\n\nText.\n\n# C\n\nText.\n").chunks
    assert [(chunk.name, chunk.start_line) for chunk in chunks] == [("B", 1), ("C", 5)]
