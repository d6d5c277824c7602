"""Answers over a small corpus: which concept, which passages, which refusals."""

from __future__ import annotations

import json

import pytest

from gecko_qa.answer.answer import Answer
from gecko_qa.answer.conversation import Context
from gecko_qa.errors import QuestionRejected, UnknownChoice
from gecko_qa.library import Library


def ids(answer: Answer) -> list[str]:
    return [passage.id for passage in answer.passages]


def test_a_name_gets_the_asked_level_and_nothing_else(small_library: Library) -> None:
    answer = small_library.ask("What are setae?", level="2")
    assert answer.status == "answered"
    assert answer.intent == "define"
    assert answer.concepts == ("gecko-feet",)
    assert ids(answer) == ["gecko-feet#level-2"]
    assert answer.passages[0].text == "Hairs called setae touch glass by van der Waals forces."


@pytest.mark.parametrize(
    ("level", "section"), [("tldr", "tldr"), ("1", "level-1"), ("2", "level-2"), ("3", "level-3")]
)
def test_the_first_passage_is_at_the_asked_level(
    small_library: Library, level: str, section: str
) -> None:
    answer = small_library.ask("tree frogs", level=level)
    assert answer.level == level
    assert answer.passages[0].level == level
    assert answer.passages[0].id == f"tree-frogs#{section}"


def test_the_default_is_level_one_for_everyone(small_library: Library) -> None:
    answer = small_library.ask("tree frogs")
    assert (answer.level, answer.audience) == ("1", None)


@pytest.mark.parametrize("audience", ["researcher", "builder", "investor", "curious"])
def test_an_audience_adds_its_takeaways(small_library: Library, audience: str) -> None:
    answer = small_library.ask("tree frogs", audience=audience)
    assert answer.audience == audience
    assert ids(answer) == ["tree-frogs#level-1", f"tree-frogs#takeaways-{audience}"]


def test_everyone_is_no_audience(small_library: Library) -> None:
    assert small_library.ask("tree frogs", audience="everyone").audience is None


def test_a_comparison_gets_both_in_the_asked_order(small_library: Library) -> None:
    answer = small_library.ask(
        "difference between tree frogs and gecko feet", level="2", audience="builder"
    )
    assert answer.intent == "compare"
    assert answer.concepts == ("tree-frogs", "gecko-feet")
    assert answer.candidates[:2] == ("tree-frogs", "gecko-feet")
    assert ids(answer) == [
        "tree-frogs#level-2",
        "gecko-feet#level-2",
        "tree-frogs#takeaways-builder",
        "gecko-feet#takeaways-builder",
    ]


def test_why_now_is_added_where_it_is_asked_for(small_library: Library) -> None:
    answer = small_library.ask("Why do tree frogs matter now?")
    assert answer.intent == "why_now"
    assert ids(answer) == ["tree-frogs#level-1", "tree-frogs#why-now"]


def test_the_take_is_added_only_where_gecko_is_asked(small_library: Library) -> None:
    answer = small_library.ask("What is Gecko's opinion on tree frogs?")
    assert answer.intent == "opinion"
    assert ids(answer) == ["tree-frogs#level-1", "tree-frogs#take"]
    assert "tree-frogs#take" not in ids(small_library.ask("tree frogs"))


@pytest.mark.parametrize(
    "question", ["What is your take on RLHF?", "What do you think of RLHF?", "RLHF: a verdict?"]
)
def test_an_opinion_is_asked_in_many_words(library: Library, question: str) -> None:
    answer = library.ask(question)
    assert answer.intent == "opinion"
    assert ids(answer) == ["rlhf#level-1", "rlhf#take"]


@pytest.mark.parametrize(
    "question",
    ["What is RLHF?", "RLHF vs DPO", "Why does RLHF matter now?", "Why do models make things up?"],
)
@pytest.mark.parametrize("audience", [None, "investor"])
def test_the_corpus_s_takes_stay_out_of_other_answers(
    library: Library, question: str, audience: str | None
) -> None:
    answer = library.ask(question, audience=audience)
    assert answer.status == "answered"
    assert "take" not in {passage.section for passage in answer.passages}


@pytest.mark.parametrize(
    "question",
    [
        "What are setae?",
        "setae vs tree frogs",
        "Why do setae matter now?",
        "What are the limits of setae?",
        "setae for investors",
        "how do lizards walk on ceilings",
    ],
)
def test_no_other_question_gets_the_take(small_library: Library, question: str) -> None:
    answer = small_library.ask(question)
    assert answer.status == "answered"
    assert {passage.section for passage in answer.passages}.isdisjoint({"take"})


def test_limits_are_told_at_the_deepest_level(small_library: Library) -> None:
    answer = small_library.ask("What are the limits of setae?")
    assert answer.intent == "limits"
    assert ids(answer) == ["gecko-feet#level-1", "gecko-feet#level-3"]
    assert ids(small_library.ask("limits of setae", level="3")) == ["gecko-feet#level-3"]


def test_a_definition_is_the_shallowest_passage_and_only_for_a_name(
    small_library: Library,
) -> None:
    for level in ("tldr", "1", "2", "3"):
        answer = small_library.ask("What are setae?", level=level)
        assert answer.definition is not None
        assert answer.definition.id == "gecko-feet#tldr"
    assert small_library.ask("setae vs tree frogs").definition is None
    assert small_library.ask("how do lizards walk on ceilings").definition is None


@pytest.mark.parametrize(
    ("question", "level"),
    [
        ("setae in one sentence", "tldr"),
        ("tl;dr setae", "tldr"),
        ("explain setae like I'm five", "1"),
        ("setae in simple terms", "1"),
        ("setae, level 2", "2"),
        ("setae in depth", "3"),
    ],
)
def test_words_for_a_level_win_over_the_dial_for_that_question_only(
    small_library: Library, question: str, level: str
) -> None:
    dial = "2" if level != "2" else "3"
    assert small_library.ask(question, level=dial).level == level
    assert small_library.ask("setae", level=dial).level == dial


@pytest.mark.parametrize(
    ("question", "audience"),
    [
        ("setae for investors", "investor"),
        ("setae, as a developer", "builder"),
        ("I'm a researcher. What are setae?", "researcher"),
        ("setae from a founder's perspective", "builder"),
    ],
)
def test_words_for_an_audience_win_over_the_dial_for_that_question_only(
    small_library: Library, question: str, audience: str
) -> None:
    answer = small_library.ask(question, audience="curious")
    assert (answer.intent, answer.audience) == ("audience", audience)
    assert ids(answer) == ["gecko-feet#level-1", f"gecko-feet#takeaways-{audience}"]
    assert small_library.ask("setae", audience="curious").audience == "curious"


def test_a_slip_of_the_pen_is_mended_and_told(small_library: Library) -> None:
    answer = small_library.ask("What is a sucction cup?")
    assert answer.correction is not None
    assert answer.to_json()["correction"] == {
        "question": "What is a suction cup?",
        "words": [{"typed": "sucction", "read": "suction"}],
    }
    assert answer.question == "What is a sucction cup?"


def test_nothing_is_mended_as_typed(small_library: Library) -> None:
    answer = small_library.ask("What is a sucction cup?", as_typed=True)
    assert (answer.correction, answer.asked.as_typed) == (None, True)
    assert answer.id != small_library.ask("What is a sucction cup?").id
    assert small_library.ask("setae").correction is None


def test_an_unknown_thing_is_not_covered(small_library: Library) -> None:
    answer = small_library.ask("When did the Roman empire fall?")
    assert answer.status == "not_covered"
    assert answer.concepts == ()
    assert answer.passages == ()
    assert len(answer.nearest) == 3
    assert answer.message == "No explainer covers this."


def test_candidates_are_there_for_every_status_but_small_talk(small_library: Library) -> None:
    for question in ("setae", "Roman empire", "why?"):
        assert sorted(small_library.ask(question).candidates) == [
            "gecko-feet",
            "suction-cups",
            "tree-frogs",
        ]


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("hi", "Hello."),
        ("Thank you!", "You are welcome."),
        ("what can you do?", "I look up"),
        ("Bye!", "Goodbye."),
    ],
)
def test_small_talk_gets_fixed_words(small_library: Library, question: str, message: str) -> None:
    answer = small_library.ask(question)
    assert (answer.status, answer.intent) == ("small_talk", "small_talk")
    assert answer.message.startswith(message)
    assert (answer.concepts, answer.passages, answer.nearest) == ((), (), ())
    assert (answer.because, answer.mentioned, answer.definition) == ("", (), None)


@pytest.mark.parametrize("question", ["why?", "Go deeper", "and for investors?", "tell me more"])
def test_a_follow_up_to_nothing_needs_context(small_library: Library, question: str) -> None:
    answer = small_library.ask(question)
    assert answer.status == "needs_context"
    assert answer.passages == ()
    assert "Name the concept" in answer.message


def test_an_ask_leads_to_its_explainer_and_is_never_shown(small_library: Library) -> None:
    answer = small_library.ask("how do lizards walk on ceilings")
    assert answer.concepts == ("gecko-feet",)
    assert "lizards" not in json.dumps(answer.to_json()["passages"])


def test_the_same_question_gets_the_same_bytes_but_for_seconds(small_library: Library) -> None:
    first = small_library.ask("setae or tree frogs?", audience="curious").to_json()
    second = small_library.ask("setae or tree frogs?", audience="curious").to_json()
    assert first.pop("seconds") > 0
    assert second.pop("seconds") > 0
    assert json.dumps(first) == json.dumps(second)


@pytest.mark.parametrize(
    "question",
    ["setae", "why?", "hi", "Roman empire", "go deeper", "and tree frogs?", "sucction cup"],
)
def test_the_same_question_after_the_same_gets_the_same(
    small_library: Library, question: str
) -> None:
    context = Context(("gecko-feet",), "define", "2")
    first, second = (small_library.ask(question, context=context).to_json() for _ in range(2))
    del first["seconds"], second["seconds"]
    assert json.dumps(first) == json.dumps(second)


def test_equal_asks_have_equal_ids_and_other_dials_another(small_library: Library) -> None:
    assert small_library.ask("setae").id == small_library.ask("  setae ").id
    assert small_library.ask("setae").id != small_library.ask("setae", level="2").id
    assert small_library.ask("setae").id != small_library.ask("setae", audience="curious").id
    frogs, feet = (Context((slug,), "define", "1") for slug in ("tree-frogs", "gecko-feet"))
    of = {small_library.ask("why?", context=context).id for context in (None, frogs, feet)}
    assert len(of) == 3


def test_json_has_the_fields_in_the_documented_order(small_library: Library) -> None:
    answer = small_library.ask("setae", level="2").to_json()
    assert list(answer) == [
        "id",
        "question",
        "status",
        "intent",
        "level",
        "audience",
        "concepts",
        "passages",
        "definition",
        "because",
        "correction",
        "follows",
        "also",
        "missing",
        "nearest",
        "mentioned",
        "candidates",
        "message",
        "index",
        "seconds",
    ]
    assert answer["passages"] == [
        {
            "id": "gecko-feet#level-2",
            "concept": "gecko-feet",
            "section": "level-2",
            "level": "2",
            "audience": None,
            "text": "Hairs called setae touch glass by van der Waals forces.",
            "rank": 1,
            "mark": None,
        }
    ]
    assert answer["definition"] == "gecko-feet#tldr"
    assert answer["because"] == "matched the alias setae"
    assert answer["correction"] is None
    assert [answer[key] for key in ("follows", "also", "missing", "nearest", "mentioned")] == [
        []
    ] * 5
    assert answer["candidates"][0] == "gecko-feet"
    assert answer["index"] == small_library.hash


def test_unknown_dials_are_refused_with_the_choices(small_library: Library) -> None:
    with pytest.raises(UnknownChoice, match="tldr, 1, 2, 3"):
        small_library.ask("setae", level="4")
    with pytest.raises(UnknownChoice, match="researcher, builder, investor, curious"):
        small_library.ask("setae", audience="poet")


@pytest.mark.parametrize("question", ["", " \n", "?!", "🦎", "x" * 1001, "a\x00b", "\ud800"])
def test_what_is_no_question_is_refused(small_library: Library, question: str) -> None:
    with pytest.raises(QuestionRejected):
        small_library.ask(question)


@pytest.mark.parametrize("question", ["что такое геккон", "<b>cake</b>", "🦎 recipe", "é" * 1000])
def test_strange_questions_are_answered_like_others(small_library: Library, question: str) -> None:
    assert small_library.ask(question).status == "not_covered"
