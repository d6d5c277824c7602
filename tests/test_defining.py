"""The definitions and the map as HTML: every name, word for word, escaped, linked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from factories import explainer_text, fake_index, write_corpus

from gecko_qa.concept_map import concept_map
from gecko_qa.html.defining import by_letter, render_definition, render_definitions
from gecko_qa.html.mapping import N_COLOURS, colours, edge_path, labels, render_map
from gecko_qa.library import Library

STATIC = Path(__file__).parent.parent / "src" / "gecko_qa" / "html" / "static"
SCRIPT = "<script>alert(1)</script>"


def text_of(html: str) -> str:
    """Return the text of `html`, runs of white space as one space."""
    return " ".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


def library_of(folder: Path, **texts: str) -> Library:
    corpus = write_corpus(folder / "corpus", {k.replace("_", "-"): v for k, v in texts.items()})
    return Library(fake_index(corpus, folder / "index"))


@pytest.fixture
def hostile(tmp_path: Path) -> Library:
    """A corpus whose names and category are markup."""
    text = explainer_text(f"Feet {SCRIPT}", aliases=[f"hairs {SCRIPT}"], related=["toes"])
    text = text.replace("category: Testing", f"category: '{SCRIPT}'")
    toes = explainer_text("Toes").replace("category: Testing", "category: '\"><b>x'")
    return library_of(tmp_path, feet=text, toes=toes)


def texts_of_definition(html: str) -> Iterator[str]:
    found = re.search(r'<div class="gq-text">(.*?)</div>', html, re.DOTALL)
    assert found
    for line in re.findall(r"<(?:p|li)>(.*?)</(?:p|li)>", found.group(1), re.DOTALL):
        yield text_of(line)


def test_a_definition_is_the_passage_word_for_word(library: Library) -> None:
    for explainer in library.explainers:
        passage = library.definition(explainer.slug)
        html = render_definition(explainer.slug, library)
        assert f'data-passage="{passage.id}"' in html
        assert " ".join(texts_of_definition(html)) == " ".join(passage.text.split())


def test_a_definition_has_title_other_names_and_the_way_on(library: Library) -> None:
    html = render_definition("rlhf", library)
    explainer = library.explainer("rlhf")
    assert text_of(html).startswith("RLHF ")
    assert f"Also called: {', '.join(explainer.aliases)}" in text_of(html)
    assert '<a href="/explainers/rlhf">Read more about RLHF</a>' in html


def test_a_definition_without_other_names_says_nothing_of_them(tmp_path: Path) -> None:
    html = render_definition("ants", library_of(tmp_path, ants=explainer_text("Ants")))
    assert "Also called" not in html


def test_the_look_up_lists_every_name_of_every_explainer(library: Library) -> None:
    html = render_definitions(library)
    for explainer in library.explainers:
        item = re.search(rf'<li><a href="/explainers/{explainer.slug}">(.*?)</li>', html)
        assert item, explainer.slug
        title, _, rest = item.group(1).partition("</a>")
        assert unescape(title) == explainer.title
        named = re.findall("<span>(.*?)</span>", rest)
        assert tuple(map(unescape, named)) == explainer.aliases


def test_letters_lead_to_their_sections_and_those_without_do_not(library: Library) -> None:
    html = render_definitions(library)
    shelves = by_letter(library.explainers)
    assert re.findall('href="#letter-(.)"', html) == list(shelves)
    assert re.findall('<h2 id="letter-(.)"', html) == list(shelves)
    assert set(re.findall("<span>([A-Z])</span>", html)) >= {"X", "Y"}


def test_titles_stand_under_their_first_letter_accents_apart(tmp_path: Path) -> None:
    library = library_of(
        tmp_path,
        b=explainer_text("bees"),
        e=explainer_text("Élan"),
        z=explainer_text("Zebras"),
        n=explainer_text("3D ants"),
        a=explainer_text("Bats"),
    )
    found = {k: [e.title for e in v] for k, v in by_letter(library.explainers).items()}
    assert found == {"0–9": ["3D ants"], "B": ["Bats", "bees"], "E": ["Élan"], "Z": ["Zebras"]}
    assert list(found) == ["0–9", "B", "E", "Z"]
    html = render_definitions(library)
    assert '<a href="#letter-other">0–9</a>' in html
    assert '<h2 id="letter-other">0–9</h2>' in html


def test_the_look_up_opens_with_a_term(small_library: Library) -> None:
    html = render_definitions(small_library, "setae")
    assert 'data-passage="gecko-feet#tldr"' in html
    assert 'value="setae"' in html
    assert "data-passage" not in render_definitions(small_library)


def test_the_look_up_says_that_there_is_none_and_offers_to_ask(small_library: Library) -> None:
    html = render_definitions(small_library, "owls & <b>")
    assert "There is no definition of “owls &amp; &lt;b&gt;”." in html
    assert 'href="/?q=What+is+owls+%26+%3Cb%3E%3F"' in html
    assert "data-passage" not in html


def test_the_map_has_a_link_for_every_explainer_and_every_edge(library: Library) -> None:
    html = render_map(library)
    drawn = concept_map(library.explainers)
    svg = html[html.index("<svg") : html.index("</svg>")]
    links = re.findall('<a class="gq-map-node gq-cat-[0-9]+" href="/explainers/(.*?)"', svg)
    assert links == sorted(e.slug for e in library.explainers)
    for kind in ("related", "confused"):
        path = edge_path(drawn, kind)
        assert path.count("M") == sum(edge.kind == kind for edge in drawn.edges) > 0
        assert f'class="gq-map-{kind}" d="{path}"' in svg


def test_a_label_on_the_map_is_the_title_in_its_box(library: Library) -> None:
    for label in labels(concept_map(library.explainers)):
        node = label.node
        assert " ".join(line for line, _ in label.lines) == node.title
        assert label.left + node.width / 2 == pytest.approx(node.x, abs=0.1)
        for _, base in label.lines:
            assert label.top + 10 < base < label.top + node.height - 4


def test_the_map_as_a_list_tells_the_relations(small_library: Library) -> None:
    html = render_map(small_library)
    listed = text_of(html[html.index("<details") :])
    assert (
        "Gecko feetRelated: Suction cups.Often confused with: Tree frogs. "
        "Suction cupsRelated: Gecko feet. Tree frogsOften confused with: Gecko feet."
    ) in listed


def test_categories_have_colours_that_the_tokens_know(library: Library) -> None:
    numbers = colours(concept_map(library.explainers))
    assert list(numbers) == sorted({e.category for e in library.explainers})
    assert set(numbers.values()) <= set(range(1, N_COLOURS + 1))
    tokens = (STATIC / "tokens.css").read_text(encoding="utf-8")
    styles = (STATIC / "map.css").read_text(encoding="utf-8")
    for n in range(1, N_COLOURS + 1):
        assert len(re.findall(f"--gq-cat-{n}: #", tokens)) == 2, "light and dark"
        assert f".gq-cat-{n} {{ --gq-cat: var(--gq-cat-{n}); }}" in styles


def test_more_categories_than_colours_share_them(tmp_path: Path) -> None:
    texts = {
        f"c{n}": explainer_text(f"C{n}").replace("category: Testing", f"category: Kind {n:02}")
        for n in range(N_COLOURS + 2)
    }
    numbers = colours(concept_map(library_of(tmp_path, **texts).explainers))
    assert numbers["Kind 00"] == numbers[f"Kind {N_COLOURS}"] == 1
    assert len(set(numbers.values())) == N_COLOURS


def channels(colour: str) -> Iterator[float]:
    for start in (1, 3, 5):
        part = int(colour[start : start + 2], 16) / 255
        yield part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def contrast(one: str, other: str) -> float:
    """Contrast ratio as WCAG 2.2 defines it."""
    lights = sorted(
        sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), channels(colour), strict=True))
        for colour in (one, other)
    )
    return (lights[1] + 0.05) / (lights[0] + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_on_every_category_can_be_read(scheme: int) -> None:
    tokens = (STATIC / "tokens.css").read_text(encoding="utf-8").split("prefers-color-scheme")
    values = dict(re.findall("--gq-([a-z0-9-]+): (#[0-9a-f]{6});", tokens[scheme]))
    for n in range(1, N_COLOURS + 1):
        assert contrast(values["text"], values[f"cat-{n}"]) >= 4.5


def test_markup_in_the_corpus_is_text(hostile: Library) -> None:
    for html in (
        render_definitions(hostile, f"hairs {SCRIPT}"),
        render_definitions(hostile, SCRIPT),
        render_definition("feet", hostile),
        render_map(hostile),
    ):
        assert "<script>alert" not in html
        assert "<b>" not in html
        assert "&lt;script&gt;" in html
