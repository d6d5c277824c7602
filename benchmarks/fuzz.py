"""How long the slowest questions take: random ones and such as are made to be slow, over the whole
index. Prints a Markdown table.

Run from the repository with an index built: python benchmarks/fuzz.py [questions of each kind]
"""

from __future__ import annotations

import contextlib
import os
import platform
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from gecko_qa.answer.question import MAX_QUESTION_CHARS
from gecko_qa.errors import UsageError
from gecko_qa.library import Library
from gecko_qa.settings import Settings

N_TRIES = 3
"""A question counts with the least of so many times: others use the machine too."""
LETTERS = "abcdefghijklmnopqrstuvwxyz"
ARABIC = "".join(map(chr, range(0x621, 0x64A)))


def filled(piece: Callable[[], str], between: str = " ") -> str:
    """Return pieces up to the longest question that is allowed."""
    text = piece()
    while len(longer := text + between + piece()) <= MAX_QUESTION_CHARS:
        text = longer
    return text[:MAX_QUESTION_CHARS]


def makers(library: Library, chance: random.Random) -> dict[str, Callable[[], str]]:
    """Return what makes a question of each kind, by the kind's name."""
    names = [name for e in library.explainers for name in (e.title, *e.aliases)]
    words = sorted(library.index.vocabulary)
    long_words = [word for word in words if len(word) > 7]
    asks = [ask for e in library.explainers for ask in e.asks]

    def letters(n: int, alphabet: str = LETTERS) -> str:
        return "".join(chance.choices(alphabet, k=n))

    def slip() -> str:
        word = chance.choice(long_words)
        place = chance.randrange(1, len(word))
        return word[:place] + chance.choice(LETTERS) + word[place + 1 :]

    def of(choices: list[str], end: str = "") -> Callable[[], str]:
        return lambda: filled(lambda: chance.choice(choices) + end)

    def characters(first: int, last: int) -> Callable[[], str]:
        return lambda: "a" + "".join(chr(chance.randint(first, last)) for _ in range(999))

    def repeated(text: str) -> Callable[[], str]:
        return lambda: filled(lambda: text)

    return {
        "asks of the corpus, each alone": lambda: chance.choice(asks),
        "asks of the corpus": of(asks),
        "names": of(names),
        "names and “vs”": of(names, " vs"),
        "names and commas": of(names, ","),
        "what is … and why …?": lambda: filled(
            lambda: f"what is {chance.choice(names)} and why is {chance.choice(words)}?"
        ),
        "difference between … and …": lambda: filled(
            lambda: f"difference between {chance.choice(words)} and {chance.choice(words)}"
        ),
        "words": of(words),
        "words and question marks": of(words, "?"),
        "slips of the pen": lambda: filled(slip),
        "odd words of 8 letters": lambda: filled(lambda: letters(8)),
        "odd words in capitals": lambda: filled(lambda: letters(6).upper()),
        "odd words in Arabic": lambda: filled(lambda: letters(6, ARABIC)),
        "single letters": lambda: filled(lambda: letters(1)),
        "one word": lambda: letters(1000),
        "hyphens": lambda: filled(lambda: letters(1), "-"),
        "“never mind,”": repeated("never mind,"),
        "“compare”": repeated("compare"),
        "“for a builder in one sentence”": repeated("for a builder in one sentence"),
        "Chinese": characters(0x4E00, 0x9FFF),
        "emoji": characters(0x1F300, 0x1F6FF),
        "punctuation": characters(0x21, 0x2F),
        "any characters": characters(0x20, 0xD7FF),
        "one that folds to eighteen": repeated("\ufdfa"),
    }


def milliseconds(library: Library, question: str) -> float:
    """Return the least time of a core that it took to answer, or to refuse, `question`.

    All of it runs in the calling thread, so that this is what the reader waits on a quiet machine.
    """
    times = []
    for _ in range(N_TRIES):
        started = time.thread_time()
        with contextlib.suppress(UsageError):
            library.ask(question)
        times.append((time.thread_time() - started) * 1000)
    return min(times)


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    library = Library.open(Settings(Path(__file__).parent.parent / "corpus"))
    library.warm_up()
    system = f"{platform.system()} {platform.machine()}"
    print(f"{system}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    print("| kind | n | median | slowest |\n| --- | --- | --- | --- |")
    found = []
    for kind, make in makers(library, random.Random(7)).items():
        times = [milliseconds(library, make()) for _ in range(n)]
        found += times
        print(f"| {kind} | {n} | {statistics.median(times):.1f} ms | {max(times):.1f} ms |")
    print(f"| all | {len(found)} | {statistics.median(found):.1f} ms | {max(found):.1f} ms |")


if __name__ == "__main__":
    main()
