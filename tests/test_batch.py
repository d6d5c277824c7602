"""Many questions at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gecko_qa.asking import MAX_TURNS
from gecko_qa.batch import answer_file, answer_lines
from gecko_qa.errors import DataError, UsageError
from gecko_qa.library import Library


def test_answers_come_in_the_order_of_the_questions(small_library: Library) -> None:
    lines = [
        '{"id": "b", "question": "tree frogs", "level": "3"}',
        "",
        '{"id": 7, "question": "setae", "level": null, "audience": "curious"}',
        '{"question": "suction cups"}',
    ]
    answers = list(answer_lines(lines, small_library))
    assert [answer["concepts"] for answer in answers] == [
        ["tree-frogs"],
        ["gecko-feet"],
        ["suction-cups"],
    ]
    assert [answer["id"] for answer in answers][:2] == ["b", "7"]
    assert answers[0]["level"] == "3"
    assert answers[1]["audience"] == "curious"
    assert answers[2]["id"] == small_library.ask("suction cups").id


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("not json", "line 1: Not JSON. Write one object a line."),
        ("[1]", "line 1: Not a JSON object. Write one object a line."),
        ("[" * 50_000, "line 1: Not JSON. Write one object a line."),
        ('{"id": "x"}', "line 1: The question has no words."),
        ('{"id": "x", "question": ["a"]}', "line 1: “question” has to be text."),
        ('{"id": "x", "question": "a", "level": true}', "line 1: “level” has to be text."),
        ('{"id": "x", "question": "a", "level": "9"}', "line 1: There is no level “9”."),
        ('{"id": "\\ud800", "question": "a"}', "line 1: “id” is not valid Unicode."),
        ('{"id": "x", "question": "a", "level": "\\ud800"}', "line 1: “level” is not valid"),
        ('{"id": "x", "question": "a\\u0000"}', "line 1: The question holds the control"),
        ('{"id": "x", "question": "' + "a" * 10_000 + '"}', "line 1: The question has 10000"),
        ('{"id": "x", "question": "' + "a" * 200_000 + '"}', "line 1: The line has 200027"),
    ],
)
def test_a_line_that_cannot_be_answered_says_why(
    small_library: Library, line: str, error: str
) -> None:
    (answer,) = answer_lines([line], small_library)
    assert list(answer) == ["id", "error"]
    assert answer["error"].startswith(error)


def test_a_line_carries_the_turns_before_it(small_library: Library) -> None:
    before = '{"question": "tree frogs"}, {"question": "setae"}'
    (answer,) = answer_lines(
        ['{"question": "why?", "conversation": [' + before + "]}"], small_library
    )
    assert answer["status"] == "answered"
    assert answer["concepts"] == answer["follows"] == ["gecko-feet"]


def test_a_turn_has_its_own_dials(small_library: Library) -> None:
    turn = '{"question": "setae", "level": "2", "audience": "curious"}'
    (answer,) = answer_lines(
        ['{"question": "go deeper", "conversation": [' + turn + "]}"], small_library
    )
    assert (answer["level"], answer["audience"]) == ("3", None)


def test_a_conversation_is_its_own_line_s_alone(small_library: Library) -> None:
    after = '{"question": "why?", "conversation": [{"question": "setae"}]}'
    alone = '{"question": "why?"}'
    answers = list(answer_lines([after, alone, after], small_library))
    assert [answer["status"] for answer in answers] == ["answered", "needs_context", "answered"]
    assert answers[0]["id"] == answers[2]["id"] != answers[1]["id"]


@pytest.mark.parametrize("conversation", ["null", "[]", '[{"question": "hi"}]'])
def test_a_conversation_may_hold_nothing_to_carry(
    small_library: Library, conversation: str
) -> None:
    line = '{"question": "why?", "conversation": ' + conversation + "}"
    (answer,) = answer_lines([line], small_library)
    assert answer["status"] == "needs_context"


def test_a_line_may_ask_to_be_read_as_typed(small_library: Library) -> None:
    lines = [
        '{"question": "sucction cups"}',
        '{"question": "sucction cups", "as_typed": false}',
        '{"question": "sucction cups", "as_typed": true}',
    ]
    mended, plain, typed = answer_lines(lines, small_library)
    assert mended["correction"]["words"] == [{"typed": "sucction", "read": "suction"}]
    assert plain["correction"] == mended["correction"]
    assert typed["correction"] is None


def turns(n: int) -> str:
    return ", ".join(['{"question": "setae"}'] * n)


def test_as_many_turns_as_are_allowed_are_carried(small_library: Library) -> None:
    assert MAX_TURNS == 50
    line = '{"question": "why?", "conversation": [' + turns(50) + "]}"
    (answer,) = answer_lines([line], small_library)
    assert answer["follows"] == ["gecko-feet"]


SHAPE = "line 1: “conversation” has to be a list of objects, each with a question."


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ('"conversation": "setae"', SHAPE),
        ('"conversation": {"question": "setae"}', SHAPE),
        ('"conversation": ["setae"]', SHAPE),
        ('"conversation": [{"question": "setae"}, null]', SHAPE),
        ('"conversation": 1', SHAPE),
        ('"conversation": false', SHAPE),
        ('"conversation": [{}]', "line 1: The question has no words. Ask about a concept."),
        ('"conversation": [{"question": ["a"]}]', "line 1: “question” has to be text."),
        (
            '"conversation": [{"question": "setae", "level": "9"}]',
            "line 1: There is no level “9”. Choose one of: tldr, 1, 2, 3.",
        ),
        (
            '"conversation": [{"question": "\\ud800"}]',
            "line 1: “question” is not valid Unicode.",
        ),
        (
            '"conversation": [' + turns(51) + "]",
            "line 1: The conversation has 51 turns; 50 are allowed.",
        ),
        ('"as_typed": "yes"', "line 1: “as_typed” has to be true or false."),
        ('"as_typed": 1', "line 1: “as_typed” has to be true or false."),
        ('"as_typed": null', "line 1: “as_typed” has to be true or false."),
    ],
)
def test_a_conversation_or_flag_of_another_shape_is_told(
    small_library: Library, fields: str, error: str
) -> None:
    line = '{"id": "x", "question": "setae", ' + fields + "}"
    assert list(answer_lines([line], small_library)) == [{"id": "x", "error": error}]


def test_a_bad_line_keeps_its_place_and_its_id(small_library: Library, tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text(
        '{"id": "1", "question": "setae"}\n{"id": "2", "question": " "}\n'
        '{"id": "3", "question": "tree frogs"}\n'
    )
    out = tmp_path / "answers.jsonl"
    n_answered, errors = answer_file(questions, out, small_library)
    assert n_answered == 2
    assert len(errors) == 1
    answers = [json.loads(line) for line in out.read_text().splitlines()]
    assert [answer["id"] for answer in answers] == ["1", "2", "3"]
    assert "error" in answers[1]


def test_files_that_cannot_be_used_are_told(small_library: Library, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read: No such file"):
        answer_file(tmp_path / "none", tmp_path / "out", small_library)
    good = tmp_path / "good.jsonl"
    good.write_text('{"question": "setae"}\n')
    with pytest.raises(DataError, match="cannot be written"):
        answer_file(good, tmp_path / "no" / "out", small_library)
    assert not (tmp_path / "out").exists()


def test_a_line_that_is_not_utf_8_is_told_and_the_others_answered(
    small_library: Library, tmp_path: Path
) -> None:
    latin, out = tmp_path / "latin.jsonl", tmp_path / "out"
    latin.write_bytes(b'{"question": "caf\xe9"}\n{"question": "setae"}\n')
    n_answered, errors = answer_file(latin, out, small_library)
    assert (n_answered, errors) == (1, ["line 1: Not UTF-8. Save it as UTF-8."])


def test_answers_never_replace_the_questions(small_library: Library, tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"question": "setae"}\n')
    with pytest.raises(UsageError, match="overwrite the questions"):
        answer_file(questions, questions, small_library)
    assert questions.read_text() == '{"question": "setae"}\n'


def test_a_link_is_followed(small_library: Library, tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"question": "setae"}\n')
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("")
    link.symlink_to(target)
    answer_file(questions, link, small_library)
    assert link.is_symlink()
    assert json.loads(target.read_text())["concepts"] == ["gecko-feet"]


def test_a_file_too_large_is_refused(
    small_library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"question": "setae"}\n')
    monkeypatch.setattr("gecko_qa.batch.MAX_FILE_BYTES", 10)
    with pytest.raises(DataError, match="more than 10 bytes"):
        answer_file(questions, tmp_path / "out", small_library)
