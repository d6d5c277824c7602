"""Probes: linear readings of a vector, worked out by hand where they can be."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from gecko_qa.errors import IndexDamaged
from gecko_qa.index.keys import Key, KeyKind
from gecko_qa.index.probes import build_probes, load_probes

Row = tuple[str, KeyKind, Sequence[float]]


def probes_of(rows: Sequence[Row], slugs: Sequence[str]) -> Any:
    return load_probes(bytes_of(rows, slugs))


def bytes_of(rows: Sequence[Row], slugs: Sequence[str]) -> bytes:
    keys = [Key(f"{slug}#{n}", kind, slug, "") for n, (slug, kind, _) in enumerate(rows)]
    vectors = np.array([vector for _, _, vector in rows], dtype=np.float32)
    return build_probes(keys, vectors, slugs)


# Spreads (1, 0) and (-1, 0) of ants, (0, 3) and (0, -3) of bees: variances 2/4 and 18/4, whose
# mean is 2.5; a tenth of it takes the place of a tenth of each: 0.7 and 4.3.
SPREAD: Sequence[Row] = (
    ("ants", "ask", (2.0, 0.0)),
    ("ants", "phrasing", (0.0, 0.0)),
    ("bees", "ask", (0.0, 5.0)),
    ("bees", "ask", (0.0, -1.0)),
)
# Ants vary along the first number alone, what is outside along the second alone: variances 1 and
# 0, shrunk to 0.95 and 0.05, and the other way round. Their mean is 0.5 each.
APART: Sequence[Row] = (
    ("ants", "ask", (2.0, 0.0)),
    ("ants", "ask", (0.0, 0.0)),
    ("", "outside", (-3.0, 1.0)),
    ("", "outside", (-3.0, -1.0)),
)


@pytest.mark.parametrize("n_slugs", [1, 2, 5])
@pytest.mark.parametrize("dimensions", [2, 7])
def test_there_is_a_row_a_concept_and_one_for_all_and_a_column_more_than_numbers(
    n_slugs: int, dimensions: int
) -> None:
    slugs = [f"slug-{n}" for n in range(n_slugs)]
    rows: list[Row] = [(slug, "ask", [float(n + 1)] * dimensions) for n, slug in enumerate(slugs)]
    probes = probes_of(rows, slugs)
    assert (probes.shape, probes.dtype) == ((n_slugs + 1, dimensions + 1), np.float32)
    assert np.isfinite(probes).all()


def test_a_corpus_without_concepts_has_one_row_of_zeros() -> None:
    probes = load_probes(build_probes((), np.zeros((0, 3), dtype=np.float32), ()))
    assert probes.tolist() == [[0.0] * 4]


def test_one_text_a_concept_is_compared_by_distance() -> None:
    # No spread: a tenth of 1 in every direction. A probe is the text over 0.1, its offset -0.5
    # times the text's square over 0.1.
    probes = probes_of([("ants", "ask", (0.6, 0.8)), ("bees", "ask", (2.0, 0.0))], ["ants", "bees"])
    # Ants read 5 and -8, bees 7 and 20 before all are divided by the readings' spread.
    spread = np.std([5.0, -8.0, 7.0, 20.0])
    assert probes[0].tolist() == pytest.approx(np.array([6.0, 8.0, -5.0]) / spread)
    assert probes[1].tolist() == pytest.approx(np.array([20.0, 0.0, -20.0]) / spread)


def test_a_probe_is_the_mean_of_the_concepts_questions_over_the_common_spread() -> None:
    probes = probes_of(SPREAD, ["ants", "bees"])
    ants, bees = (1 / 0.7, 0.0, -0.5 / 0.7), (0.0, 2 / 4.3, -2 / 4.3)
    # What each of the four questions reads, by ants and by bees.
    readings = [1.5 / 0.7, *[-0.5 / 0.7] * 3, -2 / 4.3, -2 / 4.3, 8 / 4.3, -4 / 4.3]
    assert probes[0].tolist() == pytest.approx(np.array(ants) / np.std(readings))
    assert probes[1].tolist() == pytest.approx(np.array(bees) / np.std(readings))


def test_rows_stand_in_the_order_of_the_slugs() -> None:
    ants, bees = probes_of(SPREAD, ["ants", "bees"])[:2]
    assert probes_of(SPREAD, ["bees", "ants"])[:2].tolist() == [bees.tolist(), ants.tolist()]


def test_names_and_passages_move_no_probe_of_a_concept_with_questions() -> None:
    others: Sequence[Row] = (("ants", "name", (9.0, 9.0)), ("bees", "passage", (-9.0, 9.0)))
    slugs = ["ants", "bees"]
    assert probes_of((*SPREAD, *others), slugs).tolist() == probes_of(SPREAD, slugs).tolist()


def test_a_concept_without_questions_is_read_from_all_of_its_keys() -> None:
    kinds: tuple[KeyKind, ...] = ("name", "passage", "name", "passage")
    mute = [(slug, kind, at) for kind, (slug, _, at) in zip(kinds, SPREAD, strict=True)]
    slugs = ["ants", "bees"]
    assert probes_of(mute, slugs).tolist() == probes_of(SPREAD, slugs).tolist()


def test_without_samples_of_what_is_not_answered_the_last_row_is_zero() -> None:
    assert probes_of(SPREAD, ["ants", "bees"])[-1].tolist() == [0.0, 0.0, 0.0]


def test_the_last_probe_parts_the_corpus_from_what_it_does_not_answer() -> None:
    # Means (1, 0) and (-3, 0): four apart over 0.5; the offset puts 0 halfway, at -1.
    # Read by that: 24, 8, -16 and -16.
    spread = np.std([24.0, 8.0, -16.0, -16.0])
    expected = np.array([8.0, 0.0, 8.0]) / spread
    assert probes_of(APART, ["ants"])[-1].tolist() == pytest.approx(expected)


def test_what_is_outside_moves_no_concepts_probe() -> None:
    with_, without = probes_of(APART, ["ants"]), probes_of(APART[:2], ["ants"])
    assert with_[0].tolist() == without[0].tolist()


@pytest.fixture
def crowd() -> tuple[list[Row], list[str]]:
    """Six concepts with eight questions each, near to each other, and eight questions outside."""
    random = np.random.default_rng(11)
    slugs = [f"slug-{n}" for n in range(6)]
    rows: list[Row] = []
    for slug in [*slugs, ""]:
        middle = random.normal(size=16)
        for _ in range(8):
            vector = middle + 0.5 * random.normal(size=16)
            rows.append((slug, "ask" if slug else "outside", vector / np.linalg.norm(vector)))
    return rows, slugs


def test_a_probe_points_at_its_own_questions(crowd: tuple[list[Row], list[str]]) -> None:
    rows, slugs = crowd
    probes = probes_of(rows, slugs)
    readings = np.array([at for slug, _, at in rows if slug]) @ probes[:-1, :-1].T + probes[:-1, -1]
    assert readings.argmax(axis=1).tolist() == [n for n in range(6) for _ in range(8)]


def test_the_last_probe_reads_above_0_inside_and_below_outside(
    crowd: tuple[list[Row], list[str]],
) -> None:
    rows, slugs = crowd
    last = probes_of(rows, slugs)[-1]
    means = {
        kind: np.mean([at for _, k, at in rows if k == kind], axis=0) for kind in ("ask", "outside")
    }
    readings = {kind: float(last[:-1] @ mean + last[-1]) for kind, mean in means.items()}
    assert readings["ask"] > 0 > readings["outside"]
    assert readings["ask"] == pytest.approx(-readings["outside"], rel=1e-4)


def test_the_same_vectors_give_the_same_bytes(crowd: tuple[list[Row], list[str]]) -> None:
    rows, slugs = crowd
    assert bytes_of(rows, slugs) == bytes_of(rows, slugs)


def pickled() -> bytes:
    file = io.BytesIO()
    np.save(file, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    return file.getvalue()


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"\x93NUMPY",
        b"no probes at all",
        bytes_of(SPREAD, ["ants", "bees"])[:60],
        bytes_of(SPREAD, ["ants", "bees"])[:-1],
        pickled(),
    ],
    ids=["empty", "magic alone", "text", "half a header", "a byte short", "pickled"],
)
def test_damaged_bytes_are_refused(damaged: bytes) -> None:
    with pytest.raises(IndexDamaged, match="cannot be read. Run “gecko-qa index build”"):
        load_probes(damaged)
