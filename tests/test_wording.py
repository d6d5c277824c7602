"""Depth and audience in a question's own words, and what is left without them."""

from __future__ import annotations

import pytest

from gecko_qa.answer.wording import Wording, level_of, read_wording
from gecko_qa.layout import DEFAULT_LAYOUT, Choice, Layout

OTHER_LAYOUT = Layout(
    levels=(Choice("gist", "Gist"), Choice("full", "Full story")),
    audiences=(Choice("dentist", "Dentist"), Choice("builder", "Builder")),
    default_level="gist",
)
ONE_LEVEL = Layout(levels=(Choice("all", "All of it"),), audiences=(), default_level="all")


@pytest.mark.parametrize(
    ("text", "rest", "depth"),
    [
        ("RLHF in short", "RLHF", "shortest"),
        ("What is RLHF, in one sentence?", "What is RLHF?", "shortest"),
        ("in a nutshell, what is RLHF?", "what is RLHF?", "shortest"),
        ("Very briefly: what is RLHF?", "what is RLHF?", "shortest"),
        ("RLHF in three words", "RLHF", "shortest"),
        ("the short version of RLHF", "RLHF", "shortest"),
        ("tldr RLHF", "RLHF", "shortest"),
        ("summarize it", "it", "shortest"),
        ("ELI5 RLHF", "RLHF", "simple"),
        ("Explain RLHF like I’m five", "Explain RLHF", "simple"),
        ("explain it to me as if I were a child: RLHF", "RLHF", "simple"),
        ("What is RLHF in plain English?", "What is RLHF?", "simple"),
        ("what is RLHF in layman's terms?", "what is RLHF?", "simple"),
        ("RLHF without jargon", "RLHF", "simple"),
        ("Explain RLHF simply", "Explain RLHF", "simple"),
        ("RLHF for beginners", "RLHF", "simple"),
        ("RLHF for a ten-year-old", "RLHF", "simple"),
        ("explain RLHF to my grandmother", "explain RLHF", "simple"),
        ("go deep into RLHF", "RLHF", "deep"),
        ("a deep dive on RLHF", "RLHF", "deep"),
        ("Explain RLHF in depth", "Explain RLHF", "deep"),
        ("the technical details of RLHF", "RLHF", "deep"),
        ("RLHF for experts", "RLHF", "deep"),
        ("RLHF at an expert level", "RLHF", "deep"),
        ("How does RLHF work technically?", "How does RLHF work?", "deep"),
        ("mathematically, what is RLHF?", "what is RLHF?", "deep"),
        ("RLHF in more depth", "RLHF", "deeper"),
        ("go a bit deeper on RLHF", "RLHF", "deeper"),
        ("more technical", "", "deeper"),
        ("much simpler please", "", "simpler"),
        ("that's too technical", "that's", "simpler"),
        ("dumb it down", "", "simpler"),
    ],
)
def test_a_phrase_of_depth_is_read_and_taken_out(text: str, rest: str, depth: str) -> None:
    assert read_wording(text, DEFAULT_LAYOUT) == Wording(rest, depth, None)


@pytest.mark.parametrize(
    ("text", "rest", "level"),
    [
        ("Explain RLHF at level 3.", "Explain RLHF.", "3"),
        ("RLHF, Level 2", "RLHF", "2"),
        ("RLHF, level-2 please", "RLHF please", "2"),
        ("show me level 1: RLHF", "RLHF", "1"),
        ("what is RLHF? TL;DR", "what is RLHF?", "tldr"),
    ],
)
def test_a_level_is_read_by_its_name(text: str, rest: str, level: str) -> None:
    assert read_wording(text, DEFAULT_LAYOUT) == Wording(rest, level, None)


@pytest.mark.parametrize(
    ("text", "rest", "audience"),
    [
        ("What does RLHF mean for an investor?", "What does RLHF mean?", "investor"),
        ("as a VC, what is RLHF?", "what is RLHF?", "investor"),
        ("What's RLHF for our developers?", "What's RLHF?", "builder"),
        ("RLHF from a builder’s perspective", "RLHF", "builder"),
        ("what should a founder know about RLHF?", "what about RLHF?", "builder"),
        ("I'm a researcher. What is RLHF?", "What is RLHF?", "researcher"),
        ("RLHF for PhD students", "RLHF", "researcher"),
        ("what is RLHF for ordinary people", "what is RLHF", "curious"),
        ("I'm just curious, what is RLHF?", "what is RLHF?", "curious"),
        ("and for investors?", "and?", "investor"),
        ("what about builders?", "what about?", "builder"),
    ],
)
def test_an_audience_is_read_and_taken_out(text: str, rest: str, audience: str) -> None:
    assert read_wording(text, DEFAULT_LAYOUT) == Wording(rest, None, audience)


def test_depth_and_audience_are_read_together() -> None:
    read = read_wording("In one sentence, as an investor: what is RLHF?", DEFAULT_LAYOUT)
    assert read == Wording("what is RLHF?", "shortest", "investor")


def test_one_depth_alone_is_read_and_the_other_left() -> None:
    read = read_wording("RLHF in short, for experts", DEFAULT_LAYOUT)
    assert read == Wording("RLHF for experts", "shortest", None)


def test_a_named_level_goes_before_any_other_depth() -> None:
    read = read_wording("RLHF for beginners, at level 3", DEFAULT_LAYOUT)
    assert read == Wording("RLHF for beginners", "3", None)


@pytest.mark.parametrize(
    "text",
    [
        "why can't we simply turn it off",
        "Why can’t we simply turn it off?",
        "What is RLHF?",
        "How do mixtures of experts route tokens?",
        "What is deep learning?",
        "What is a simple baseline?",
        "Can a model summarize a paper?",
        "Is it technically possible to stop it?",
        "Is there a level 2 autonomy?",
        "What is level 5 autonomy?",
        "How do investors value labs?",
        "What do researchers do all day?",
        "Is it good for engineering teams?",
        "Is it safe for researchers building reward models?",
        "Can AI be curious?",
        "When do kids learn words?",
        "shortness, simplicity, depth",
        "",
    ],
)
def test_the_topic_is_left_alone(text: str) -> None:
    assert read_wording(text, DEFAULT_LAYOUT) == Wording(text, None, None)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("RLHF, full story please", Wording("RLHF please", "full", None)),
        ("RLHF at gist", Wording("RLHF", "gist", None)),
        ("RLHF in short", Wording("RLHF", "shortest", None)),
        ("RLHF for dentists", Wording("RLHF", None, "dentist")),
        ("As a dentist, what is RLHF?", Wording("what is RLHF?", None, "dentist")),
        ("RLHF for developers", Wording("RLHF", None, "builder")),
        ("RLHF for investors", Wording("RLHF for investors", None, None)),
        ("RLHF at level 2", Wording("RLHF at level 2", None, None)),
    ],
)
def test_another_layout_has_its_own_levels_and_audiences(text: str, read: Wording) -> None:
    assert read_wording(text, OTHER_LAYOUT) == read


def test_a_name_of_a_level_is_no_pattern() -> None:
    layout = Layout((Choice("all", "All (.*)"),), (Choice("odd", "C++ [team]"),), "all")
    assert read_wording("What is RLHF at all", layout) == Wording("What is RLHF at all", None, None)
    assert read_wording("RLHF for c", layout) == Wording("RLHF for c", None, None)


@pytest.mark.parametrize(
    ("depth", "standing", "level"),
    [
        (None, "3", "2"),
        ("tldr", "3", "tldr"),
        ("3", "1", "3"),
        ("shortest", "3", "tldr"),
        ("simple", "3", "1"),
        ("deep", "tldr", "3"),
        ("simpler", "3", "2"),
        ("simpler", "1", "tldr"),
        ("simpler", "tldr", "tldr"),
        ("deeper", "tldr", "1"),
        ("deeper", "1", "2"),
        ("deeper", "3", "3"),
    ],
)
def test_a_depth_means_a_level(depth: str | None, standing: str, level: str) -> None:
    assert level_of(depth, "2", standing, DEFAULT_LAYOUT) == level


@pytest.mark.parametrize(
    ("depth", "level"),
    [
        (None, "gist"),
        ("shortest", "gist"),
        ("simple", "gist"),
        ("deep", "full"),
        ("deeper", "full"),
        ("simpler", "gist"),
    ],
)
def test_a_depth_means_a_level_of_the_layout(depth: str | None, level: str) -> None:
    assert level_of(depth, "gist", "gist", OTHER_LAYOUT) == level


@pytest.mark.parametrize("depth", [None, "shortest", "simple", "deep", "simpler", "deeper"])
def test_one_level_is_every_depth(depth: str | None) -> None:
    assert level_of(depth, "all", "all", ONE_LEVEL) == "all"


@pytest.mark.parametrize(
    "piece",
    ["for the ", "explain like I'm ", "what does it mean for ", "in very ", "should the a ", "a-"],
)
def test_the_longest_hostile_question_is_read_to_its_end(piece: str) -> None:
    text = (piece * 1000)[:1000].strip()
    assert read_wording(text, DEFAULT_LAYOUT) == Wording(text, None, None)
