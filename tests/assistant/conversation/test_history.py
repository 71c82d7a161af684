"""What goes into the next turn never outgrows its budget."""

import random

from assistant.context import estimate_tokens
from assistant.conversation import History, Subject, Turn


def turn(number: int, words: int) -> Turn:
    said = " ".join(random.Random(number).choices(["tea", "pool", "connect", "parse_all", "日本"], k=words))
    return Turn(f"question {number}?", f"Answer {number} is {said}. More.", Subject(f"question {number}?"))


def sent(history: History) -> int:
    return sum(estimate_tokens(message.content) for message in history.messages())


def test_two_hundred_turns_stay_within_the_budget() -> None:
    history = History(1_000)
    kept = []
    for number in range(200):
        history.add(turn(number, 5 + 37 * (number % 9)))
        assert sent(history) <= 1_000
        kept.append(sum(estimate_tokens(item.question + item.answer) for item in history.turns))
    assert max(kept[100:]) <= max(kept[:100]) <= 2_000
    assert len(history) <= 60


def test_the_last_turns_are_sent_as_they_were_and_older_ones_as_a_line() -> None:
    history = History(300)
    for number in range(12):
        history.add(turn(number, 20))
    messages = history.messages()
    assert [message.role for message in messages] == ["user", "assistant"] * (len(messages) // 2)
    assert messages[-2].content == "question 11?"
    assert messages[-1].content == history.turns[-1].answer
    assert messages[0].content.startswith("Earlier in this conversation:\n- question ")
    assert " -> Answer " in messages[0].content


def test_one_huge_answer_is_cut_in_the_middle() -> None:
    history = History(400)
    history.add(turn(1, 5_000))
    assert sent(history) <= 400
    answer = history.messages()[-1].content
    assert answer.startswith("Answer 1 is")
    assert "[...]" in answer
    assert answer.endswith("More.")


def test_nothing_is_sent_without_room_and_after_clearing() -> None:
    history = History(500)
    history.add(turn(1, 10))
    assert history.messages(0) == []
    assert len(history.messages()) == 2
    history.clear()
    assert history.messages() == []
    assert history.subjects == ()
