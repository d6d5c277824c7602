"""corpus.toml: every rule with its message, and a layout that survives being written down."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from factories import three_explainers, write_corpus
from hypothesis import given, settings
from hypothesis import strategies as st

from gecko_qa.corpus.folder import corpus_hash, read_corpus
from gecko_qa.corpus.layout_file import MAX_BYTES, layout_from, layout_to_json, read_layout
from gecko_qa.corpus.parse import parse_explainer
from gecko_qa.errors import CorpusInvalid, DataError
from gecko_qa.layout import DEFAULT_LAYOUT, Choice, Layout

WHOLE = """
title = "Tide school"
default_level = "practitioner"
why_now = "In the harbour today"
take = "Editor's view"
license = "CC0"
license_url = "https://example.org/cc0"
levels = [
  { name = "Beginner", words = [1, 30] },
  "Practitioner",
  { id = "x", name = "Expert" },
]
audiences = ["Harbour master", { id = "kids", name = "Children" }]
"""


def read(text: str) -> Layout:
    return layout_from(tomllib.loads(text))


def fault(text: str) -> str:
    with pytest.raises(ValueError) as refused:
        read(text)
    return str(refused.value)


def test_every_key_is_read() -> None:
    assert read(WHOLE) == Layout(
        levels=(
            Choice("beginner", "Beginner", (1, 30)),
            Choice("practitioner", "Practitioner"),
            Choice("x", "Expert"),
        ),
        audiences=(Choice("harbour-master", "Harbour master"), Choice("kids", "Children")),
        default_level="practitioner",
        title="Tide school",
        why_now="In the harbour today",
        take="Editor's view",
        license="CC0",
        license_url="https://example.org/cc0",
    )


def test_the_example_in_the_documents_is_read() -> None:
    page = Path(__file__).parent.parent / "docs" / "corpus-format.md"
    (example,) = re.findall(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    layout = read(example)
    assert [level.id for level in layout.levels] == ["beginner", "practitioner", "x"]
    assert set(tomllib.loads(example)) == set(layout_to_json(layout))
    (smallest,) = re.findall(r"```markdown\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    assert parse_explainer(smallest, Path("neap-tides.md"), DEFAULT_LAYOUT).explainer is not None


def test_what_is_not_told_is_the_defaults(tmp_path: Path) -> None:
    assert read("") == DEFAULT_LAYOUT
    assert read_layout(tmp_path) == DEFAULT_LAYOUT
    assert read('title = "Tides"').levels == DEFAULT_LAYOUT.levels


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ('levels = ["A", "B"]', "a"),
        ('levels = ["A", { id = "1", name = "B" }]', "1"),
        ('levels = ["A", "B"]\ndefault_level = "b"', "b"),
    ],
)
def test_the_dial_starts_at_the_usual_level_or_the_first_or_the_named(
    text: str, level: str
) -> None:
    assert read(text).default_level == level


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("In brief", "in-brief"),
        ("Débutant", "debutant"),
        ("C++ & co.", "c-co"),
        ("An uncommonly long name of a level, yes", "an-uncommonly-long-name-of-a-lev"),
    ],
)
def test_an_id_follows_from_the_name(name: str, id_: str) -> None:
    assert read(f'levels = ["{name}"]').levels == (Choice(id_, name),)


def test_white_space_in_a_name_is_one_space() -> None:
    assert read('levels = ["  In   brief "]').levels[0].name == "In brief"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("levls = []", "unknown key “levls”. Did you mean “levels”?"),
        (
            "zzz = 1",
            "unknown key “zzz”. The keys are: title, why_now, take, default_level, levels, "
            "audiences, license, license_url.",
        ),
        (
            'levels = [{ name = "A", word = [1, 2] }]',
            "unknown key “word”. Did you mean “words”?",
        ),
        (
            'audiences = [{ name = "A", words = [1, 2] }]',
            "unknown key “words”. The keys are: id, name.",
        ),
        ("title = 7", "“title” has to be a line of text"),
        ('title = " "', "“title” has to be a line of text"),
        (r'title = "a\nb"', "“title” has to be a line of text"),
        (r'take = "a\u202eb"', "“take” has to be a line of text"),
        (f'why_now = "{"x" * 41}"', "“why_now” has a name of over 40 characters"),
        ('levels = "A"', "“levels” has to be a list of at most 12"),
        (f"levels = {[str(n) for n in range(13)]}", "“levels” has to be a list of at most 12"),
        ("levels = []", "“levels” is empty: a corpus has one at least"),
        ("levels = [7]", "an item of “levels” has to be a name, or a table with a name"),
        ('audiences = [{ id = "a" }]', "an item of “audiences” has to be a name, or a table"),
        ('levels = ["初级"]', "“初级” of “levels” needs an id of its own, such as id ="),
        (
            'levels = [{ id = "A b", name = "A" }]',
            "“A b” of “levels” cannot be an id: use up to 32",
        ),
        ("levels = [{ id = 7, name = 'A' }]", "“7” of “levels” cannot be an id"),
        ('levels = ["Take"]', "“take” of “levels” cannot be an id"),
        ('audiences = ["Everyone"]', "“everyone” of “audiences” cannot be an id"),
        ('audiences = ["Heading"]', "“heading” of “audiences” cannot be an id"),
        ('levels = ["Takeaways A"]', "“takeaways-a” of “levels” cannot be an id"),
        ('levels = ["A", "a"]', "“levels” has the same name or id twice"),
        (
            'audiences = ["A", { id = "a", name = "B" }]',
            "“audiences” has the same name or id twice",
        ),
        ('levels = ["C", { id = "d", name = "C #" }]', "“levels” has the same name or id twice"),
        ('levels = ["A"]\ndefault_level = "b"', "“default_level” is none of the levels: a"),
        ('levels = ["A"]\ntake = "a"', "two sections have the same heading"),
        ('why_now = "Takeaways"', "two sections have the same heading"),
        ('levels = [{ id = "a", name = "A’s" }]\ntake = "A\'s"', "two sections have the same"),
        ('take = "##"', "a heading is made of more than “#”"),
        ('levels = ["Level 1", { id = "1", name = "One" }]', "two levels have ids as alike as"),
        ('license_url = "https://example.org"', "“license_url” needs a “license”"),
        (
            'license = "X"\nlicense_url = "javascript:alert(1)"',
            "“license_url” has to be a plain http",
        ),
        ('license = "X"\nlicense_url = "//example.org"', "“license_url” has to be a plain http"),
        ('license = "X"\nlicense_url = 7', "“license_url” has to be a plain http"),
    ],
)
def test_a_fault_is_told_with_what_is_allowed(text: str, message: str) -> None:
    assert message in fault(text)


@pytest.mark.parametrize(
    "words", ["[0, 5]", "[9, 5]", "[1, 5001]", "[1]", "[1.0, 5]", "[1, true]", '["1", 5]', "7"]
)
def test_a_range_is_two_numbers_in_order(words: str) -> None:
    told = fault(f'levels = [{{ name = "A", words = {words} }}]')
    assert told == "“words” has to be two numbers such as [40, 70], at most 5000"


def test_values_at_their_bounds_are_taken() -> None:
    layout = read(
        f'title = "{"x" * 40}"\nlevels = {[f"L {n}" for n in range(12)]}\n'
        f'audiences = [{{ id = "{"a" * 32}", name = "A" }}]'
    )
    assert (len(layout.title), len(layout.levels), len(layout.sections)) == (40, 12, 15)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"levels = [", "cannot be used: "),
        (b"title = 'caf\xe9'", "cannot be used: it is not UTF-8. docs/"),
        (b"a = " + b"[" * 4000, "cannot be used: it is nested too deeply. docs/"),
        (b"n = " + b"9" * 5000, "cannot be used: "),
        (b"levls = 1", "Did you mean “levels”? docs/corpus-format.md tells how to write it."),
        (b"levels = []", "a corpus has one at least. docs/corpus-format.md tells how to write it."),
    ],
)
def test_a_file_that_cannot_be_used_is_told_with_its_path(
    tmp_path: Path, data: bytes, told: str
) -> None:
    (tmp_path / "corpus.toml").write_bytes(data)
    with pytest.raises(CorpusInvalid) as refused:
        read_corpus(write_corpus(tmp_path, three_explainers()))
    assert str(refused.value).startswith(str(tmp_path / "corpus.toml"))
    assert told in str(refused.value)


def test_a_file_beyond_all_bounds_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "corpus.toml").write_bytes(b"#" * MAX_BYTES)
    assert read_layout(tmp_path) == DEFAULT_LAYOUT
    (tmp_path / "corpus.toml").write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(DataError, match="more than 16384 bytes"):
        read_layout(tmp_path)


def test_a_file_from_a_windows_editor_is_read(tmp_path: Path) -> None:
    (tmp_path / "corpus.toml").write_bytes(b'\xef\xbb\xbftitle = "Tides"\r\ntake = "View"\r\n')
    assert (read_layout(tmp_path).title, read_layout(tmp_path).take) == ("Tides", "View")


def test_the_file_is_part_of_what_an_index_is_built_from(tmp_path: Path) -> None:
    folder = write_corpus(tmp_path, three_explainers())
    before = corpus_hash(folder)
    (folder / "corpus.toml").write_text('title = "Tides"\n', encoding="utf-8")
    assert corpus_hash(folder) != before


@pytest.mark.parametrize("text", ["", WHOLE, 'levels = ["A"]\naudiences = []'])
def test_a_layout_written_down_is_read_back(text: str) -> None:
    layout = read(text)
    assert layout_from(layout_to_json(layout)) == layout


NAMES = st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=12)
CHOICES = st.lists(
    NAMES | st.fixed_dictionaries({"name": NAMES}, optional={"id": st.text("ab1-", max_size=4)}),
    max_size=4,
)


@settings(deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            **dict.fromkeys(("title", "take", "why_now", "license"), NAMES),
            **dict.fromkeys(("levels", "audiences"), CHOICES),
        },
    )
)
def test_any_names_are_a_layout_that_is_read_back_or_a_fault(raw: dict[str, object]) -> None:
    try:
        layout = layout_from(raw)
    except ValueError:
        return
    assert layout_from(layout_to_json(layout)) == layout
    assert len({kind.id for kind in layout.sections}) == len(layout.sections)


PIECES = st.sampled_from(
    [
        *("title = ", "levels = ", "words = ", "take = ", "[", "]", "{", "}", "[[levels]]\n", "\n"),
        *('"A"', '"""', "'", "=", ",", "name = ", "id = ", "1", "true", "1979-05-27", "inf", "#"),
        *("\ufeff", "\x00", "\\u", "levels.a = "),
    ]
)


@settings(deadline=None, max_examples=300)
@given(st.lists(PIECES | st.text(max_size=6), max_size=30).map("".join))
def test_any_text_is_a_layout_or_a_clear_fault(tmp_path_factory: object, text: str) -> None:
    folder = tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
    (folder / "corpus.toml").write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        assert isinstance(read_layout(folder), Layout)
    except CorpusInvalid as error:
        assert "corpus.toml cannot be used: " in str(error)
