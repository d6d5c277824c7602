"""The concept map: what hangs together, laid out so that every label can be read."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import combinations
from math import dist
from pathlib import Path
from statistics import mean

import pytest
from factories import explainer_text, write_corpus

from gecko_qa.concept_map import (
    ConceptMap,
    MapEdge,
    MapNode,
    concept_map,
    label_lines,
    label_size,
    map_edges,
    text_width,
)
from gecko_qa.corpus.explainer import Explainer
from gecko_qa.corpus.folder import read_corpus
from gecko_qa.library import Library


@pytest.fixture(scope="module")
def drawn(library: Library) -> ConceptMap:
    """The map of the repository's corpus."""
    return concept_map(library.explainers)


def explainers_of(folder: Path, *texts: tuple[str, str]) -> tuple[Explainer, ...]:
    return read_corpus(write_corpus(folder, dict(texts))).explainers


def overlap(a: MapNode, b: MapNode) -> bool:
    return abs(a.x - b.x) < (a.width + b.width) / 2 and abs(a.y - b.y) < (a.height + b.height) / 2


def overlapping(nodes: Sequence[MapNode]) -> list[tuple[str, str]]:
    return [(a.slug, b.slug) for a, b in combinations(nodes, 2) if overlap(a, b)]


def test_every_explainer_has_a_label_and_no_two_overlap(
    drawn: ConceptMap, library: Library
) -> None:
    assert [node.slug for node in drawn.nodes] == sorted(e.slug for e in library.explainers)
    assert overlapping(drawn.nodes) == []


def test_every_label_lies_within_the_drawing(drawn: ConceptMap) -> None:
    for node in drawn.nodes:
        assert node.width / 2 <= node.x <= drawn.width - node.width / 2
        assert node.height / 2 <= node.y <= drawn.height - node.height / 2


def test_the_same_explainers_give_the_same_map_in_any_order(
    drawn: ConceptMap, library: Library
) -> None:
    shuffled = list(library.explainers)
    random.Random(7).shuffle(shuffled)
    assert concept_map(shuffled) == drawn


def test_a_category_gathers_and_neighbours_stand_near(drawn: ConceptMap) -> None:
    at = {node.slug: (node.x, node.y) for node in drawn.nodes}
    category = {node.slug: node.category for node in drawn.nodes}
    pairs = list(combinations(at, 2))
    overall = mean(dist(at[a], at[b]) for a, b in pairs)
    within = mean(dist(at[a], at[b]) for a, b in pairs if category[a] == category[b])
    joined = mean(dist(at[e.first], at[e.second]) for e in drawn.edges)
    assert within < overall / 2
    assert joined < overall * 0.6


def test_edges_are_what_explainers_name_each_pair_once(tmp_path: Path) -> None:
    found = explainers_of(
        tmp_path / "corpus",
        ("a", explainer_text("Ants", related=["b", "c", "nowhere"])),
        ("b", explainer_text("Bees", related=["a"], confused_with=["c"])),
        ("c", explainer_text("Cats", confused_with=["a"])),
        ("d", explainer_text("Dogs", related=["c"])),
    )
    assert map_edges(found) == (
        MapEdge("a", "b", "related"),
        MapEdge("a", "c", "confused"),
        MapEdge("b", "c", "confused"),
        MapEdge("c", "d", "related"),
    )
    assert map_edges(reversed(found)) == map_edges(found)


def test_the_map_of_nothing_is_empty() -> None:
    assert concept_map([]) == ConceptMap(0.0, 0.0, (), ())


def test_one_explainer_stands_in_the_middle(tmp_path: Path) -> None:
    only = concept_map(explainers_of(tmp_path / "corpus", ("ants", explainer_text("Ants"))))
    (node,) = only.nodes
    assert (node.slug, node.lines) == ("ants", ("Ants",))
    assert node.x == pytest.approx(only.width / 2, abs=1)
    assert node.y == pytest.approx(only.height / 2, abs=1)


def test_two_explainers_stand_side_by_side(tmp_path: Path) -> None:
    two = concept_map(
        explainers_of(
            tmp_path / "corpus",
            ("ants", explainer_text("Ants", related=["bees"])),
            ("bees", explainer_text("Bees")),
        )
    )
    assert len(two.nodes) == 2
    assert overlapping(two.nodes) == []
    assert two.edges == (MapEdge("ants", "bees", "related"),)


def test_many_without_any_edge_do_not_overlap_either(tmp_path: Path) -> None:
    texts = [(f"c{n}", explainer_text(f"Concept number {n} of many")) for n in range(30)]
    lone = concept_map(explainers_of(tmp_path / "corpus", *texts))
    assert len(lone.nodes) == 30
    assert overlapping(lone.nodes) == []


def test_a_long_title_takes_two_lines_of_about_one_length() -> None:
    assert label_lines("RLHF") == ("RLHF",)
    assert label_lines("Direct preference optimization") == ("Direct preference", "optimization")
    assert label_lines("Antidisestablishmentarianism") == ("Antidisestablishmentarianism",)


def test_a_label_is_as_large_as_its_text_and_the_room_around_it() -> None:
    assert text_width("RLHF") == pytest.approx(14 * 4 * 0.73)
    assert label_size("RLHF") == (round(14 * 4 * 0.73 + 20, 1), 27.0)
    width, height = label_size("Direct preference optimization")
    assert width == round(text_width("Direct preference") + 20, 1)
    assert height == 44.0
