"""What a question is about: alone, after what came before, or of several things at once."""

from __future__ import annotations

import pytest
from factories import context_of

from gecko_qa.answer.answer import Answer
from gecko_qa.answer.answering import context_after
from gecko_qa.answer.conversation import Context
from gecko_qa.index.load import Index
from gecko_qa.library import Library
from gecko_qa.retrieval.weights import Weights

RLHF, DPO = "rlhf", "direct-preference-optimization"
# What is not named is told by nothing but its nearest question, and answered where it is named:
# the chance is 1 / (1 + e^-5) with a name and 1 / (1 + e^5) without.
NAMING = Weights(
    rank={"named_words": 9.0, "closest_question": 1.0},
    cover={"named": 10.0},
    offset=-5.0,
    bar=0.5,
)


@pytest.fixture
def naming_library(small_index: Index) -> Library:
    """The small library, answering what names a concept and nothing else."""
    return Library(small_index, NAMING)


def converse(library: Library, *questions: str) -> list[Answer]:
    """Return the answers to `questions`, each asked after those before it."""
    answers: list[Answer] = []
    for question in questions:
        answers.append(library.ask(question, context=context_of(answers)))
    return answers


def last(library: Library, *questions: str) -> Answer:
    return converse(library, *questions)[-1]


def sections(answer: Answer) -> list[str]:
    return [passage.section for passage in answer.passages]


@pytest.mark.parametrize(
    "follow_up",
    ["why?", "go deeper", "simpler", "and for investors?", "how does it work?", "tell me more"],
)
def test_what_has_no_topic_of_its_own_is_about_what_came_before(
    library: Library, follow_up: str
) -> None:
    answer = last(library, "What is RLHF?", follow_up)
    assert answer.status == "answered"
    assert answer.concepts == answer.follows == (RLHF,)
    assert answer.question == follow_up


@pytest.mark.parametrize(
    ("follow_up", "intent", "expected"),
    [
        ("and for investors?", "audience", ["level-1", "takeaways-investor"]),
        ("what are its limits?", "limits", ["level-1", "level-3"]),
        ("why does it matter now?", "why_now", ["level-1", "why-now"]),
        ("what is your take on it?", "opinion", ["level-1", "take"]),
        ("why?", "explain", ["level-1"]),
        ("simpler", "explain", ["tldr"]),
        ("go deeper", "explain", ["level-2"]),
    ],
)
def test_a_follow_up_has_its_own_intent(
    library: Library, follow_up: str, intent: str, expected: list[str]
) -> None:
    answer = last(library, "What is RLHF?", follow_up)
    assert answer.intent == intent
    assert sections(answer) == expected


def test_deeper_and_simpler_go_step_by_step_and_stop_at_the_ends(library: Library) -> None:
    asked = ["What is RLHF?", *["go deeper"] * 3, *["simpler"] * 4]
    levels = [answer.level for answer in converse(library, *asked)]
    assert levels == ["1", "2", "3", "3", "2", "1", "tldr", "tldr"]


def test_a_level_that_was_asked_for_in_words_holds_for_that_question_only(
    library: Library,
) -> None:
    answers = converse(library, "What is RLHF?", "in one sentence?", "why?")
    assert [answer.level for answer in answers] == ["1", "tldr", "1"]
    assert [answer.concepts for answer in answers] == [(RLHF,)] * 3


def test_steps_start_from_the_level_that_was_shown_not_from_the_dial(library: Library) -> None:
    shown = context_after(library.ask("What is RLHF?", level="3"), None)
    assert library.ask("simpler", level="1", context=shown).level == "2"
    assert library.ask("why?", level="1", context=shown).level == "1"


@pytest.mark.parametrize(
    "follow_up",
    [
        "how is it different from DPO?",
        "is it better than DPO?",
        "how does it compare to DPO?",
        "what's the difference between it and DPO?",
    ],
)
def test_a_name_set_beside_a_pronoun_is_compared_with_what_came_before(
    library: Library, follow_up: str
) -> None:
    answer = last(library, "What is RLHF?", follow_up)
    assert answer.intent == "compare"
    assert answer.concepts == (RLHF, DPO)
    assert answer.follows == (RLHF,)
    assert [passage.concept for passage in answer.passages] == [RLHF, DPO]


def test_the_other_way_round_the_other_one_comes_first(library: Library) -> None:
    answer = last(library, "What is DPO?", "how is it different from RLHF?")
    assert answer.concepts == (DPO, RLHF)
    assert answer.follows == (DPO,)


@pytest.mark.parametrize("follow_up", ["and QLoRA?", "what about QLoRA?", "What is QLoRA?"])
def test_a_named_concept_beats_the_carried_one(library: Library, follow_up: str) -> None:
    answer = last(library, "What is LoRA?", follow_up)
    assert answer.concepts == ("qlora",)
    assert answer.follows == ()


@pytest.mark.parametrize(
    ("first", "intent", "expected"),
    [
        ("Why does LoRA matter now?", "why_now", ["level-1", "why-now"]),
        ("What are the limits of LoRA?", "limits", ["level-1", "level-3"]),
        ("What is your take on LoRA?", "opinion", ["level-1", "take"]),
    ],
)
def test_and_another_name_asks_the_same_of_it(
    library: Library, first: str, intent: str, expected: list[str]
) -> None:
    answer = last(library, first, "and QLoRA?")
    assert (answer.intent, answer.concepts) == (intent, ("qlora",))
    assert sections(answer) == expected


def test_the_take_is_not_carried_into_a_question_of_its_own(library: Library) -> None:
    answer = last(library, "What is your take on LoRA?", "What is dropout?")
    assert (answer.intent, answer.concepts) == ("define", ("dropout",))
    assert sections(answer) == ["level-1"]


def test_only_the_last_answer_is_carried(library: Library) -> None:
    answer = last(library, "What is LoRA?", "What is dropout?", "why?")
    assert answer.concepts == ("dropout",)


def test_a_comparison_is_carried_as_a_whole(library: Library) -> None:
    first, simpler, better = converse(library, "RLHF vs DPO", "simpler", "which is better?")
    for answer in (first, simpler, better):
        assert (answer.intent, answer.concepts) == ("compare", (RLHF, DPO))
    assert (first.follows, simpler.follows) == ((), (RLHF, DPO))
    assert sections(simpler) == ["tldr", "tldr"]


def test_small_talk_between_changes_nothing(library: Library) -> None:
    answer = last(library, "What is RLHF?", "thanks", "why?")
    assert answer.follows == (RLHF,)


def test_what_needs_context_between_changes_nothing(library: Library) -> None:
    answers = converse(library, "What is RLHF?", "new topic: why?", "why?")
    assert [answer.status for answer in answers] == ["answered", "needs_context", "answered"]


FAR = "How do I bake a loaf of sourdough bread in an oven?"


def test_nothing_is_carried_from_what_is_not_covered(library: Library) -> None:
    _, refused, answer = converse(library, "What is RLHF?", FAR, "why?")
    assert (refused.status, refused.concepts, refused.follows) == ("not_covered", (), ())
    assert answer.status == "needs_context"
    assert (answer.concepts, answer.passages, answer.follows) == ((), (), ())


@pytest.mark.parametrize("question", ["why?", "go deeper", "simpler", "and for investors?"])
def test_a_follow_up_to_nothing_needs_context(library: Library, question: str) -> None:
    answer = library.ask(question)
    assert (answer.status, answer.intent) == ("needs_context", "follow_up")
    assert (answer.concepts, answer.passages, answer.nearest) == ((), (), ())
    assert answer.because == ""
    assert "nothing before it" in answer.message


@pytest.mark.parametrize(
    "turning", ["By the way,", "New topic:", "Never mind.", "Changing the subject:"]
)
def test_changing_the_subject_leaves_what_came_before(library: Library, turning: str) -> None:
    alone = last(library, "What is RLHF?", f"{turning} why does it matter?")
    assert alone.status == "needs_context"
    answer = last(library, "What is RLHF?", f"{turning} what is dropout?")
    assert (answer.concepts, answer.follows) == (("dropout",), ())


def test_context_after_tells_what_the_next_question_builds_on(library: Library) -> None:
    before = Context(("dropout",), "explain", "3")
    answered = library.ask("LoRA vs QLoRA", level="2")
    assert context_after(answered, before) == Context(("lora", "qlora"), "compare", "2")
    assert context_after(library.ask("hi"), before) == before
    assert context_after(library.ask("why?"), before) == before
    assert context_after(library.ask(FAR), before) is None


def test_converse_carries_what_asking_one_by_one_carries(library: Library) -> None:
    asked = ["What is RLHF?", "thanks", "go deeper"]
    turns = [(question, None, None) for question in asked]
    assert library.converse(turns) == Context((RLHF,), "explain", "2")
    assert library.converse(turns) == context_of(converse(library, *asked))
    assert library.converse([]) is None


@pytest.mark.parametrize(
    ("question", "concepts"),
    [
        ("What is the difference between RLHF and DPO?", (RLHF, DPO)),
        ("What is the difference between DPO and RLHF?", (DPO, RLHF)),
        ("RLHF or DPO?", (RLHF, DPO)),
        ("DPO vs. RLHF", (DPO, RLHF)),
        ("how do QLoRA and LoRA relate?", ("qlora", "lora")),
        ("LoRA vs QLoRA vs DPO", ("lora", "qlora", DPO)),
        ("compare DPO, QLoRA and LoRA", (DPO, "qlora", "lora")),
        ("LoRA, DPO or QLoRA?", ("lora", DPO, "qlora")),
        ("difference between outer and inner alignment", ("outer-alignment", "inner-alignment")),
        ("inner vs outer alignment", ("inner-alignment", "outer-alignment")),
        (
            "compare unsupervised and supervised learning",
            ("unsupervised-learning", "supervised-learning"),
        ),
    ],
)
def test_sides_are_told_in_the_asked_order(
    library: Library, question: str, concepts: tuple[str, ...]
) -> None:
    answer = library.ask(question)
    assert (answer.status, answer.intent) == ("answered", "compare")
    assert answer.concepts == concepts
    assert [passage.id for passage in answer.passages] == [f"{slug}#level-1" for slug in concepts]
    assert answer.candidates[: len(concepts)] == concepts
    assert answer.missing == ()


@pytest.mark.parametrize(
    ("question", "concept", "missing"),
    [
        ("How does prompt engineering differ from Zorblax?", "prompt-engineering", "Zorblax"),
        (
            "difference between reinforcement learning from human feedback and Zorblax",
            RLHF,
            "Zorblax",
        ),
    ],
)
def test_a_side_that_nothing_covers_is_named(
    library: Library, question: str, concept: str, missing: str
) -> None:
    answer = library.ask(question)
    assert (answer.status, answer.intent) == ("answered", "compare")
    assert answer.concepts == (concept,)
    assert answer.missing == (missing,)
    assert answer.message == f"No explainer covers “{missing}”."


@pytest.mark.parametrize(
    ("question", "concepts", "missing"),
    [
        ("difference between tree frogs and moon dust", ("tree-frogs",), ("moon dust",)),
        ("difference between moon dust and tree frogs", ("tree-frogs",), ("moon dust",)),
        ("moon dust vs tree frogs", ("tree-frogs",), ("moon dust",)),
        (
            "tree frogs vs moon dust vs setae",
            ("tree-frogs", "gecko-feet"),
            ("moon dust",),
        ),
        (
            "tree frogs vs moon dust vs stardust",
            ("tree-frogs",),
            ("moon dust", "stardust"),
        ),
    ],
)
def test_missing_sides_stand_in_the_asked_order(
    naming_library: Library, question: str, concepts: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    answer = naming_library.ask(question)
    assert (answer.concepts, answer.missing) == (concepts, missing)
    assert answer.intent == "compare"
    assert answer.message == "No explainer covers " + ", ".join(f"“{m}”" for m in missing) + "."


def test_two_sides_that_nothing_covers_are_not_covered(naming_library: Library) -> None:
    answer = naming_library.ask("difference between moon dust and stardust")
    assert answer.status == "not_covered"
    assert (answer.concepts, answer.missing) == ((), ())


def test_or_is_no_comparison_unless_both_sides_are_named(naming_library: Library) -> None:
    answer = naming_library.ask("tree frogs or moon dust?")
    assert (answer.concepts, answer.missing) == (("tree-frogs",), ())
    assert naming_library.ask("tree frogs or setae?").intent == "compare"


def test_a_name_twice_is_no_comparison(naming_library: Library) -> None:
    answer = naming_library.ask("setae vs gecko feet")
    assert answer.concepts == ("gecko-feet",)
    assert answer.intent != "compare"


@pytest.mark.parametrize(
    ("question", "concepts"),
    [
        ("Why do models make things up? And how does dropout work?", {"hallucination", "dropout"}),
        ("What is overfitting? How does dropout prevent it?", {"overfitting", "dropout"}),
        ("How does LoRA save memory? How does dropout work?", {"lora", "dropout"}),
        ("What is a KV cache, and how does dropout work?", {"kv-cache", "dropout"}),
        ("What is LoRA? What is RLHF? What is dropout?", {"lora", RLHF, "dropout"}),
    ],
)
def test_several_questions_at_once_are_all_answered(
    library: Library, question: str, concepts: set[str]
) -> None:
    answer = library.ask(question)
    assert answer.status == "answered"
    assert len(answer.concepts) == len(concepts)
    assert set(answer.concepts) == concepts
    assert [passage.concept for passage in answer.passages] == list(answer.concepts)


def test_of_several_questions_what_nothing_covers_is_left_out(library: Library) -> None:
    answer = library.ask("How does LoRA save memory? And what is the capital of France?")
    assert answer.concepts == ("lora",)


def test_another_that_fits_as_well_is_offered_and_not_shown(small_index: Index) -> None:
    # No weights, equal scores: the shares are a third each, and the slugs' order tells.
    answer = Library(small_index, Weights({}, {}, 5.0, 0.5)).ask("rubber on wet glass")
    assert answer.concepts == ("gecko-feet",)
    assert answer.also == ("suction-cups",)
    assert {passage.concept for passage in answer.passages} == {"gecko-feet"}


def test_another_that_fits_far_worse_is_not_offered(small_index: Index) -> None:
    # The ask itself has the cosine 1, so its concept is far ahead of the others.
    far = Weights({"closest_question": 50.0}, {}, 5.0, 0.5)
    answer = Library(small_index, far).ask("how do lizards walk on ceilings")
    assert (answer.concepts, answer.also) == (("gecko-feet",), ())


def test_a_name_has_no_other_beside_it(small_index: Index) -> None:
    equal = Library(small_index, Weights({}, {}, 5.0, 0.5))
    assert equal.ask("setae").also == ()
    assert equal.ask("setae vs tree frogs").also == ()
