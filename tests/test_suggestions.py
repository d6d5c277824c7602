"""Suggestions as one types, and that the server's are those of the page."""

from __future__ import annotations

from importlib.resources import files

import pytest
from playwright.sync_api import Browser

from gecko_qa.library import Library
from gecko_qa.suggestions import Suggester, fold

NAMED = [
    ("lora", ("LoRA", "low-rank adaptation")),
    ("qlora", ("QLoRA", "quantized LoRA")),
    ("lr", ("Learning rate", "LR")),
    ("flora", ("Exploration",)),
]


def suggested(text: str, k: int = 10) -> list[tuple[str, str]]:
    return [(found.name, found.slug) for found in Suggester(NAMED).suggest(text, k)]


def test_the_name_then_beginnings_then_words_then_insides() -> None:
    assert suggested("lora") == [
        ("LoRA", "lora"),
        ("quantized LoRA", "qlora"),
        ("Exploration", "flora"),
    ]
    assert suggested("l") == [
        ("LR", "lr"),
        ("LoRA", "lora"),
        ("quantized LoRA", "qlora"),
        ("Exploration", "flora"),
    ]


def test_a_concept_comes_once_with_its_title() -> None:
    (found, *_) = Suggester(NAMED).suggest("low rank", 10)
    assert found.to_json() == {"title": "LoRA", "name": "low-rank adaptation", "slug": "lora"}


def test_no_more_come_than_are_asked_for() -> None:
    assert [len(suggested("l", k)) for k in (0, 1, 3)] == [0, 1, 3]


def test_spaces_hyphens_case_and_accents_do_not_count() -> None:
    for text in ("Low-Rank", "low rank", "LOWRANK", "  lów—ränk ", "ｌｏｗ"):
        assert suggested(text)[0] == ("low-rank adaptation", "lora")


@pytest.mark.parametrize("text", ["", " ", "-", "\u0301", "xyz", "\ud800"])
def test_nothing_suggests_nothing(text: str) -> None:
    assert suggested(text) == []


def test_the_server_suggests_what_the_look_up_of_the_page_does(
    browser: Browser, library: Library
) -> None:
    names = [[name, e.title, e.slug] for e in library.explainers for name in e.names]
    texts = [name[: 1 + n % 9] for n, (name, *_) in enumerate(names)][::9]
    texts += [name[n % 7 :] for n, (name, *_) in enumerate(names)][::17]
    texts += [
        "a",
        "e",
        "model",
        "lowrank",
        "CHAIN of",
        "réseau",
        "g-p-t",
        "ﬁne",
        "İ",
        "ß",
        "٣",
        "Ⅳ",
    ]
    page = browser.new_page()
    page.add_script_tag(
        content=(files("gecko_qa.html") / "static" / "combobox.js").read_text(encoding="utf-8")
    )
    shown = page.evaluate(
        """([names, texts]) => {
            const { named, search } = window.geckoCombobox;
            const all = names.map((one) => named(...one));
            const told = ({ name, title, slug }) => ({ title, name, slug });
            return texts.map((text) => search(all, text).slice(0, 10).map(told));
        }""",
        [names, texts],
    )
    page.close()
    for text, found in zip(texts, shown, strict=True):
        assert [one.to_json() for one in library.suggest(text, 10)] == found, (text, fold(text))
    assert sum(map(len, shown)) > 1000
