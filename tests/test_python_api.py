"""What `import gecko_qa` gives: public names, opened libraries, answers from many threads."""

from __future__ import annotations

import doctest
import functools
import importlib
import pkgutil
import re
import sys
import typing
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from threading import Barrier

import pytest
from builds import Bench
from factories import write_corpus

import gecko_qa
from gecko_qa import Answer, Library, Settings
from gecko_qa.answer.answer import answer_json

REPOSITORY = Path(__file__).resolve().parent.parent
N_THREADS = 8
QUESTIONS = (
    "What is RLHF?",
    "How do RLHF and DPO differ?",
    "explain RLFH like I'm five",
    "why does the model make up sources",
    "How do I cook rice?",
    "What is quantizaton, for an investor?",
    "LoRA vs RLHF vs RAG",
    "Why does LoRA matter now?",
    "what is gecko's take on agents",
    "hello",
    "and that one?",
    "how does a model learn from pictures and text at once",
)


def test_public_names_are_these_and_each_is_there() -> None:
    assert {name for name in gecko_qa.__all__ if name[0].isupper()} == {
        *("Answer", "Context", "Explainer", "Layout", "Library", "Passage", "Section", "Settings"),
        *("Source", "GeckoQAError", "UsageError", "QuestionRejected", "UnknownChoice"),
        *("UnknownConcept", "DataError", "CorpusInvalid", "EncoderFailed", "IndexUnusable"),
        *("IndexMissing", "IndexStale", "IndexDamaged", "IndexFormatUnknown"),
    }
    for name in gecko_qa.__all__:
        assert getattr(gecko_qa, name) is not None
        assert name in dir(gecko_qa)
    with pytest.raises(AttributeError, match="has no attribute 'Lbrary'"):
        _ = gecko_qa.Lbrary  # type: ignore[attr-defined]


def test_public_names_are_typed() -> None:
    assert (Path(gecko_qa.__file__).parent / "py.typed").is_file()
    for method in (Library.open, Library.ask, Library.compare, Library.converse, Library.define):
        assert "return" in typing.get_type_hints(method)


def test_every_exception_a_library_raises_is_public(small_library: Library) -> None:
    with pytest.raises(gecko_qa.QuestionRejected):
        small_library.ask("")
    with pytest.raises(gecko_qa.UnknownChoice):
        small_library.ask("What are gecko feet?", level="9")
    with pytest.raises(gecko_qa.UnknownConcept):
        small_library.define("newts")
    with pytest.raises(gecko_qa.UsageError):
        small_library.compare(["newts"])


@pytest.mark.parametrize("kind", [str, Path, lambda path: Settings(corpus=path)])
def test_a_library_opens_a_folder_or_settings(
    settings: Settings, kind: Callable[[Path], str | Path | Settings]
) -> None:
    opened = Library.open(kind(settings.corpus))
    assert opened.define("RLHF").title == "RLHF"


def test_without_an_index_it_says_what_to_run(small_corpus: Path) -> None:
    with pytest.raises(gecko_qa.IndexMissing, match="There is no index in .* Run “gecko-qa index"):
        Library.open(small_corpus)


def test_without_a_corpus_it_says_so(tmp_path: Path) -> None:
    for build in (False, True):
        with pytest.raises(gecko_qa.CorpusInvalid, match="There is no corpus folder at"):
            Library.open(tmp_path / "none", build=build)


def test_build_makes_the_index_that_is_missing_or_stale_and_leaves_one_that_is_current(
    bench: Bench,
) -> None:
    first = Library.open(bench.settings, build=True)
    assert first.define("setae").slug == "gecko-feet"
    assert len(bench.exported) == 1
    bench.encoded.clear()
    assert Library.open(bench.settings, build=True).hash == first.hash
    assert bench.encoded == []
    bench.edit("tree-frogs", "Mucus and soft", "Mucus, and soft")
    with pytest.raises(gecko_qa.IndexStale):
        Library.open(bench.settings)
    assert Library.open(bench.settings, build=True).hash != first.hash
    # What was opened before goes on as it was.
    assert "Mucus and soft" in first.passage("tree-frogs#level-2").text


def test_build_refuses_a_corpus_with_faults(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", {"one": "no front matter"})
    with pytest.raises(gecko_qa.CorpusInvalid) as caught:
        Library.open(corpus, build=True)
    assert caught.value.problems


@pytest.mark.parametrize(
    ("concepts", "slugs", "missing"),
    [
        (["LoRA", "RLHF"], ("lora", "rlhf"), ()),
        (["RLHF", "BLEU and ROUGE", "AI and copyright"], None, ()),
        (["RLHF", "sourdough bread", "LoRA"], ("rlhf", "lora"), ("sourdough bread",)),
    ],
)
def test_compare_answers_in_the_given_order(
    library: Library,
    concepts: list[str],
    slugs: tuple[str, ...] | None,
    missing: tuple[str, ...],
) -> None:
    answer = library.compare(concepts, "tldr", "builder")
    assert answer.intent == "compare"
    assert answer.concepts == (slugs or tuple(library.define(name).slug for name in concepts))
    assert answer.missing == missing
    assert (answer.level, answer.audience) == ("tldr", "builder")


def test_every_four_neighbours_in_the_corpus_can_be_compared(library: Library) -> None:
    explainers = library.explainers[::6]
    for four in zip(*(explainers[n:] for n in range(4)), strict=False):
        answer = library.compare([explainer.title for explainer in four])
        assert answer.concepts == tuple(explainer.slug for explainer in four)


@pytest.mark.parametrize("n", [0, 1, 5])
def test_compare_takes_two_to_four(small_library: Library, n: int) -> None:
    with pytest.raises(gecko_qa.UsageError, match=f"There are {n} concepts.*Name 2 to 4"):
        small_library.compare(["Gecko feet"] * n)


def told(answer: Answer) -> str:
    return answer_json(answer, timed=False)


@pytest.fixture(params=["as this Python has them", "without locks"])
def lazy(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Cached properties as they are, and as from Python 3.12 on, where no lock guards them."""
    if request.param == "without locks":
        for cached in set(cached_properties()):
            if hasattr(cached, "lock"):
                monkeypatch.setattr(cached, "lock", nullcontext())
    return str(request.param)


def cached_properties() -> Iterator[functools.cached_property[object]]:
    for module in pkgutil.walk_packages(gecko_qa.__path__, "gecko_qa."):
        if not module.name.startswith(("gecko_qa.edges", "gecko_qa.__main__", "gecko_qa.main")):
            for value in vars(importlib.import_module(module.name)).values():
                if isinstance(value, type):
                    yield from (
                        v for v in vars(value).values() if isinstance(v, functools.cached_property)
                    )


def test_the_very_first_questions_may_come_at_once(
    settings: Settings, library: Library, lazy: str
) -> None:
    alone = {question: told(library.ask(question)) for question in QUESTIONS}
    fresh = Library.open(settings)
    start = Barrier(N_THREADS)

    def first(n: int) -> tuple[str, str]:
        question = QUESTIONS[n]
        start.wait()
        return question, told(fresh.ask(question))

    with ThreadPoolExecutor(N_THREADS) as pool:
        for question, answer in pool.map(first, range(N_THREADS)):
            assert answer == alone[question]


def test_many_threads_get_the_answers_that_one_gets(library: Library) -> None:
    asked = [(q, level) for q in QUESTIONS for level in ("tldr", "2", None)] * 3
    alone = [told(library.ask(*question)) for question in asked]
    previous = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(N_THREADS) as pool:
            together = list(pool.map(lambda question: told(library.ask(*question)), asked))
    finally:
        sys.setswitchinterval(previous)
    assert together == alone


def test_the_examples_of_the_documentation_are_true(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "corpus").symlink_to(settings.corpus)
    (tmp_path / "index").symlink_to(settings.index_folder)
    monkeypatch.chdir(tmp_path)
    page = REPOSITORY / "docs" / "python.md"
    blocks = re.findall(r"^```pycon\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    examples = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, page.name, str(page), 0)
    assert len(examples.examples) > 20
    failed: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL)
    runner.run(examples, out=failed.append)
    assert not failed, "".join(failed)
