"""Two corpora with levels, audiences and headings of their own, whose explainers lack sections."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from factories import write_corpus

TIDES_LAYOUT = """
title = "Tide school"
default_level = "practitioner"
take = "Editor's view"
why_now = "In the harbour today"
levels = ["Beginner", "Practitioner", "Expert"]
audiences = ["Skipper", { id = "kids", name = "Children" }]
"""
_SPRING = """---
title: Spring tides
category: Tides
tagline: The tides of new and full moon.
aliases: [syzygy tides]
asks: [Why are tides high at full moon?, When is the water highest?]
related: [tidal-range]
confused_with: [neap-tides]
sources:
  - title: Theory of tides
    authors: P. Laplace
    year: 1775
    url: https://example.org/tides
updated: 2026-01-02
---

## Beginner

Spring tides are the highest and lowest tides of a fortnight.

## Practitioner

At spring tides sun and moon pull in one line, so plan for strong streams.

## Expert

Spring tides follow syzygy by an age of the tide that friction sets; see neap tides.

## In the harbour today

Moorings move to deeper berths this month.

## Takeaways

### Skipper

- Check the clearance under bridges.

### Children

- Build the sand castle higher up.

## Editor's view

We think every calendar should print them.
"""
_NEAP = """---
title: Neap tides
confused_with: [spring-tides]
---

## Practitioner

At neap tides sun and moon pull at right angles, and streams are weak.
"""
_RANGE = """---
title: Tidal range
related: [spring-tides]
---

## Beginner

Tidal range is how far the water rises and falls.

## Expert

Tidal range grows where a bay resonates with the semidiurnal wave.

## Takeaways

### Children

- In some bays the sea leaves for the day.
"""
TIDES: Mapping[str, str] = {"spring-tides": _SPRING, "neap-tides": _NEAP, "tidal-range": _RANGE}

DEPTHS_LAYOUT = """
title = "Five fathoms"
levels = [
  { name = "Gist", words = [1, 25] },
  "Shallow", "Middling", "Deep water", { id = "5", name = "Abyss" },
]
audiences = []
"""
_ANCHORS = """---
title: Anchors
---

## Gist

Anchors hold a boat.

## Shallow

Anchors dig into the ground when they are pulled along it.

## Middling

Anchors hold by the weight of ground above the fluke.

## Deep water

Anchors drag once the shank lifts, so scope matters.

## Abyss

Anchors fail where shear strength is exceeded, an open problem in layered mud.

## Why this matters now

Anchors are banned over seagrass.

## Gecko's take

Anchors should be bigger.
"""
_CLEATS = """---
title: Cleats
---

## Middling

Cleats hold a rope by friction.
"""
DEPTHS: Mapping[str, str] = {"anchors": _ANCHORS, "cleats": _CLEATS}


def tides(folder: Path) -> Path:
    """Write the corpus of three levels and two audiences into `folder` and return it."""
    return _write(folder, TIDES, TIDES_LAYOUT)


def depths(folder: Path) -> Path:
    """Write the corpus of five levels and no audiences into `folder` and return it."""
    return _write(folder, DEPTHS, DEPTHS_LAYOUT)


_LONG = ("For complete newcomers", "Working practitioner", "Everything that is known about it")
LONG_LAYOUT = f"""
title = "A rather long title of forty characters"
levels = {[f"{n} {name}" for n in "123" for name in _LONG]}
audiences = ["Chief information officer", "Emergency room nurse", "Children and their parents"]
"""


def long_names(folder: Path) -> Path:
    """Write a corpus of nine levels with long names into `folder` and return it."""
    text = f"---\ntitle: Feet\n---\n\n## 1 {_LONG[0]}\n\nThey stick.\n"
    return _write(folder, {"feet": text}, LONG_LAYOUT)


def _write(folder: Path, files: Mapping[str, str], layout: str) -> Path:
    write_corpus(folder, files)
    (folder / "corpus.toml").write_text(layout, encoding="utf-8")
    return folder
