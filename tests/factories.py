"""Small explainers and corpora for tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from gecko_qa.answer.answer import Answer
from gecko_qa.answer.answering import context_after
from gecko_qa.answer.conversation import Context
from gecko_qa.corpus.folder import valid_corpus
from gecko_qa.corpus.wordings import OUTSIDE_FILE, PHRASINGS_FILE
from gecko_qa.encoder.base import EncoderCard
from gecko_qa.encoder.fake import HashEncoder
from gecko_qa.index.build import encode_keys, silent
from gecko_qa.index.folder import locked
from gecko_qa.index.keys import keys_of
from gecko_qa.index.load import Index
from gecko_qa.index.writing import index_files, write_index

FAKE_CARD = EncoderCard(model="hash", source="sha256:none", dimensions=256, max_tokens=256)

SECTIONS: Mapping[str, str] = {
    "TL;DR": "{title} is a thing that tests talk about.",
    "Level 1": "At level one, {title} is told to anyone.",
    "Level 2": "At level two, {title} is told to a practitioner.",
    "Level 3": "At level three, {title} is told to an expert.",
    "Why this matters now": "Now {title} matters, since tests need it.",
    "Researcher": "- Researchers read about {title} first.\n- Then they doubt it.",
    "Builder": "- Builders build with {title}.",
    "Investor": "- Investors pay for {title}.",
    "Curious": "- The curious dine on {title}.",
    "Gecko's take": "We like {title}.",
}
AUDIENCES = ("Researcher", "Builder", "Investor", "Curious")


def explainer_text(
    title: str = "Gecko feet",
    aliases: Sequence[str] = (),
    asks: Sequence[str] = (),
    related: Sequence[str] = (),
    confused_with: Sequence[str] = (),
    sections: Mapping[str, str] | None = None,
    leave_out: Sequence[str] = (),
) -> str:
    """Return the text of a valid explainer; `sections` replaces bodies by heading."""
    quoted = lambda items: "[" + ", ".join(f'"{item}"' for item in items) + "]"  # noqa: E731
    front = (
        f'---\ntitle: "{title}"\ncategory: Testing\ntagline: About {title}.\n'
        f"aliases: {quoted(aliases)}\nasks: {quoted(asks)}\n"
        f"related: {quoted(related)}\nconfused_with: {quoted(confused_with)}\n"
        "sources:\n  - title: A paper\n    authors: A. Author\n    year: 2020\n"
        "    url: https://example.org/paper\nupdated: 2026-01-02\n---\n"
    )
    bodies = {h: body.format(title=title) for h, body in SECTIONS.items()} | dict(sections or {})
    parts = []
    for heading, body in bodies.items():
        if heading == "Researcher":
            parts.append("## Takeaways\n")
        if heading not in leave_out:
            marks = "###" if heading in AUDIENCES else "##"
            parts.append(f"{marks} {heading}\n\n{body}\n")
    return front + "\n" + "\n".join(parts)


def write_corpus(folder: Path, files: Mapping[str, str]) -> Path:
    """Write `files`, texts by slug, into `folder` and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for slug, text in files.items():
        (folder / f"{slug}.md").write_text(text, encoding="utf-8")
    return folder


def write_wordings(folder: Path, phrasings: str = "", outside: str = "") -> Path:
    """Write `phrasings.tsv` and `outside.txt` as given into `folder` and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PHRASINGS_FILE).write_text(phrasings, encoding="utf-8", newline="")
    (folder / OUTSIDE_FILE).write_text(outside, encoding="utf-8", newline="")
    return folder


def three_explainers() -> dict[str, str]:
    """Return three explainers that share few words."""
    return {
        "gecko-feet": explainer_text(
            "Gecko feet",
            aliases=["setae", "GF"],
            asks=["Why do geckos stick to glass?", "how do lizards walk on ceilings"],
            confused_with=["tree-frogs"],
            sections={"Level 2": "Hairs called setae touch glass by van der Waals forces."},
        ),
        "tree-frogs": explainer_text(
            "Tree frogs",
            aliases=["Hylidae"],
            asks=["Why do frogs climb wet leaves?"],
            confused_with=["gecko-feet"],
            sections={"Level 2": "Mucus and soft toe pads hold frogs to wet leaves."},
        ),
        "suction-cups": explainer_text(
            "Suction cups",
            asks=["What holds a rubber hook on tiles?"],
            related=["gecko-feet"],
            sections={"Level 2": "Air pressure holds rubber against tiles."},
        ),
    }


def fake_index(corpus_folder: Path, index_folder: Path) -> Index:
    """Build a whole index of a corpus with `HashEncoder`, without any model."""
    corpus = valid_corpus(corpus_folder)
    keys = keys_of(corpus.explainers, corpus.wordings)
    encoder = HashEncoder(FAKE_CARD.dimensions)
    vectors = encode_keys(keys, encoder, {}, silent)
    with locked(index_folder):
        manifest = write_index(
            index_folder, corpus, FAKE_CARD, keys, index_files(corpus, keys, vectors)
        )
    return Index(index_folder, manifest, encoder=encoder)


def context_of(answers: Iterable[Answer]) -> Context | None:
    """Return what a conversation of `answers`, oldest first, carries into the next question."""
    context = None
    for answer in answers:
        context = context_after(answer, context)
    return context
