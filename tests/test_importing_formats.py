"""HTML, Markdown, glossaries and plain text, and how each is known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from factories import explainer_text
from hypothesis import given, settings
from hypothesis import strategies as st
from importing_samples import PAGE, read_one, said, sections_of

from gecko_qa.corpus.parse import parse_explainer
from gecko_qa.corpus.slug import MAX_SLUG_CHARS, slug_of
from gecko_qa.errors import DataError
from gecko_qa.importing.detection import TABLE_ENDINGS, TEXT_ENDINGS, decoded, read_source
from gecko_qa.importing.draft import Ledger
from gecko_qa.importing.tags import without_tags
from gecko_qa.importing.writing import file_text
from gecko_qa.layout import DEFAULT_LAYOUT, Choice, Layout

HTML = """<!doctype html><html><head><title>Tides | The Sea</title>
<meta name="description" content="Why the sea rises."></head><body>
<nav><a href="/">Home</a></nav><main><h1>Tides</h1>
<h2>Summary</h2><p>The sea <b>rises</b> and falls.</p>
<h2>Level 1</h2><p>The moon pulls; see <a href="https://example.org/moon">a page on it</a> or
<a href="javascript:alert(1)">this</a>. &lt;b&gt; is a tag.</p><script>alert(2)</script>
<p onclick="x()">Twice a day.</p>
<h2>History</h2><p>Long ago.</p><h3>Rome</h3><p>No tides to speak of.</p>
<h2>Takeaways</h2><h3>For builders</h3><ul><li>Mind the zero.</li><li>Add weather.</li></ul>
</main><footer>All rights reserved</footer></body></html>"""


def test_html_gives_its_text_and_nothing_else() -> None:
    draft = read_one(HTML, ".html")
    assert (draft.title, draft.front.tagline) == ("Tides", "Why the sea rises.")
    assert sections_of(draft) == {
        "TL;DR": "The sea rises and falls.",
        "Level 1": "The moon pulls; see a page on it or this. <b> is a tag.\n\nTwice a day.",
        "Builder": "- Mind the zero.\n- Add weather.",
        "History": "Long ago.\n\nRome\n\nNo tides to speak of.",
        "Links": "- a page on it: https://example.org/moon",
    }
    assert "“Summary” is TL;DR" in said(draft, "guessed")
    assert "the section “History”, unknown" in said(draft, "kept")
    assert "links that are not http or https, but for their text (1)" in said(draft, "left out")
    assert any("authors and year of links (1)" in item for item in said(draft, "missing"))
    for mark in ("alert", "javascript", "onclick", "rights"):
        assert mark not in file_text(draft)


def test_the_page_as_html_gives_the_same_as_its_text() -> None:
    body = "".join(f"<p>{line}</p>" for line in PAGE.split("\n") if line.strip())
    html = f"<html><head><title>x</title></head><body><article>{body}</article></body></html>"
    assert sections_of(read_one(html, ".html")) == sections_of(read_one(PAGE))


def test_markdown_with_other_headings() -> None:
    text = (
        "---\ntitle: 'Tides: a note'\ntags: [sea]\ncategory: Science\n---\n# Tides: a note\n\n"
        "Twice a *day*, `<tide>`.\n\n## In practice\n\nRead\nthe table. <b>Now</b>.\n\n"
        "## History\n\n- one\n- two\n\n## Why it matters\n\nSeas rise. [No](javascript:x)\n"
    )
    draft = read_one(text, ".md")
    assert (draft.title, draft.front.category) == ("Tides: a note", "Science")
    assert sections_of(draft) == {
        "Level 2": "Read the table. Now.",
        "Why this matters now": "Seas rise. No",
        "Introduction": "Twice a day, <tide>.",
        "History": "- one\n- two",
    }
    assert any("tags" in item for item in said(draft, "left out"))
    assert {"TL;DR", "Level 1", "Level 3"} <= set(said(draft, "missing"))


def test_markdown_without_headings_is_level_2() -> None:
    draft = read_one("One.\n\nTwo.\n", ".md", name="Some text")
    assert sections_of(draft) == {"Level 2": "One.\n\nTwo."}
    assert draft.title == "Some text"
    assert "“Introduction” is Level 2" in said(draft, "guessed")


def test_markdown_of_unknown_headings_alone_gives_its_first_section() -> None:
    draft = read_one("# Ships\n\n## Hulls\n\nWood.\n\n## Sails\n\nCloth.\n", ".md")
    assert sections_of(draft) == {"Level 2": "Wood.", "Sails": "Cloth."}


def test_an_explainer_of_our_own_comes_back_as_it_was() -> None:
    text = explainer_text(
        "Own", aliases=["O: wn"], asks=["- why?"], related=["a"], confused_with=["b"]
    )
    path = Path("own.md")
    before = parse_explainer(text, path, DEFAULT_LAYOUT).explainer
    after = parse_explainer(file_text(read_one(text, ".md")), path, DEFAULT_LAYOUT).explainer
    assert before is not None
    assert after is not None
    assert [s.text for s in before.sections] == [s.text for s in after.sections]
    for key in ("title", "aliases", "asks", "related", "confused_with", "sources", "updated"):
        assert getattr(before, key) == getattr(after, key)


TABLES = [
    'Term,Definition,More\nEbb,Water goes out.,Twice a day.\nFlood,"Water, comes in.",\n',
    "name;meaning;details\nEbb;Water goes out.;Twice a day.\nFlood;Water, comes in.;\n",
    "Word\tDescription\tNotes\nEbb\tWater goes out.\tTwice a day.\nFlood\tWater, comes in.\n",
    "Ebb\tWater goes out.\tTwice a day.\nFlood\tWater, comes in.\t\n",
    "\ufeffTERM\tShort definition\tLong_definition\r\nEbb\tWater goes out.\tTwice a day.\r\n"
    "Flood\tWater, comes in.\t\r\n",
    json.dumps(
        [
            {"term": "Ebb", "definition": "Water goes out.", "more": "Twice a day."},
            {"Term": "Flood", "Meaning": "Water, comes in.", "more": None},
        ]
    ),
    json.dumps(
        {
            "terms": {
                "Ebb": {"def": "Water goes out.", "more": "Twice a day."},
                "Flood": "Water, comes in.",
            }
        }
    ),
    '{"term": "Ebb", "definition": "Water goes out.", "more": "Twice a day."}\n'
    '{"term": "Flood", "definition": "Water, comes in."}\n',
]
TABLE_NAMES = ["a.csv", "b.csv", "c.tsv", "d.tsv", "e.tsv", "f.json", "g.json", "h.jsonl"]


@pytest.mark.parametrize(
    ("table", "ending"),
    [(table, Path(name).suffix) for table, name in zip(TABLES, TABLE_NAMES, strict=True)],
    ids=TABLE_NAMES,
)
def test_a_glossary_gives_an_explainer_a_row(table: str, ending: str) -> None:
    reading = read_source(table, "glossary", ending, DEFAULT_LAYOUT)
    ebb, flood = reading.drafts
    assert (ebb.title, sections_of(ebb)) == (
        "Ebb",
        {"TL;DR": "Water goes out.", "Level 1": "Twice a day."},
    )
    assert (flood.title, sections_of(flood)) == ("Flood", {"TL;DR": "Water, comes in."})
    assert reading.refusals == ()
    assert reading.format.startswith("glossary")


def test_a_glossarys_other_columns_are_kept_and_rows_without_text_told() -> None:
    table = (
        "term,definition,aka,url,See also,Topic\n"
        "Ebb,<i>Water</i> goes out.,low tide; outgoing tide,https://example.org/ebb,Flood,Sea\n"
        "Slack,,,,,\n,Nothing named.,,,,\nNeap,Small tide.,,javascript:x,,\n"
    )
    reading = read_source(table, "glossary", ".csv", DEFAULT_LAYOUT)
    ebb, neap = reading.drafts
    assert ebb.front.aliases == ("low tide", "outgoing tide")
    assert ebb.front.category == "Sea"
    assert sections_of(ebb) == {
        "TL;DR": "Water goes out.",
        "See also": "Flood",
        "Links": "- https://example.org/ebb",
    }
    assert reading.refusals == (
        "row 2 (“Slack”): there is no definition.",
        "row 3: There is no title.",
    )
    assert sections_of(neap)["link"] == "javascript:x"


@pytest.mark.parametrize(
    ("text", "ending"),
    [
        ("id,price\n1,2\n3,4\n", ".csv"),
        ("", ".csv"),
        ("\n\n", ".tsv"),
        ("{", ".json"),
        ("[1, 2]", ".json"),
        ("[" * 100_000, ".json"),
        ("<html></html>", ".html"),
        ("<!-- -->", ".html"),
        ("# \n", ".md"),
    ],
)
def test_what_holds_nothing_is_refused(text: str, ending: str) -> None:
    try:
        reading = read_source(text, "name", ending, DEFAULT_LAYOUT)
    except DataError:
        return
    # Columns nobody knows are read as term and definition, and it is said so.
    assert all("columns without names" in said(d, "guessed")[0] for d in reading.drafts)


def test_definitions_go_to_the_shallowest_level_of_any_layout() -> None:
    layout = Layout((Choice("a", "Short"), Choice("b", "Long")), (), "a")
    (draft,) = read_source("term,definition,more\nEbb,Out.,Twice.\n", "g", ".csv", layout).drafts
    assert sections_of(draft) == {"Short": "Out.", "Long": "Twice."}


@pytest.mark.parametrize(
    ("data", "text", "encoding"),
    [
        ("é".encode(), "é", "utf-8"),
        ("é".encode("utf-8-sig"), "é", "utf-8"),
        ("é".encode("utf-16"), "é", "utf-16"),
        (b"caf\xe9", "café", "windows-1252"),
        (b'<meta charset="iso-8859-5">\xe9', '<meta charset="iso-8859-5">щ', "iso-8859-5"),
    ],
)
def test_texts_are_decoded(data: bytes, text: str, encoding: str) -> None:
    assert decoded(data) == (text, encoding)


@pytest.mark.parametrize("data", [b"\x00\x01\x02", b"\xff\xfea", b"\x81\x8d"])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(DataError):
        decoded(data)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Goodhart's Law", "goodharts-law"),
        ("Naïve Bayes & Größe", "naive-bayes-and-grosse"),
        ("../../etc/passwd", "etc-passwd"),
        ("word " * 40, "-".join(["word"] * 16)),
        ("a" * 100, "a" * MAX_SLUG_CHARS),
    ],
)
def test_slugs_are_plain(title: str, slug: str) -> None:
    assert slug_of(title) == slug


def test_a_title_without_plain_letters_gets_a_slug_all_the_same() -> None:
    assert slug_of("潮") != slug_of("汐")
    assert slug_of("潮").startswith("explainer-")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a <b>bold</b> <i class='x'>word</i>.", "a bold word."),
        ("<SCRIPT src=x>alert(1)</SCRIPT >left", "left"),
        ("<<b>b>two</<b>b>", "two"),
        ("a < b, x<y, <think>, List<T>, <- and ->", "a < b, x<y, <think>, List<T>, <- and ->"),
        ("<x onclick=y>odd</x>", "odd</x>"),
        ("one<!-- two -->three<!-- four", "onethree four"),
        ("<script>never closed", "never closed"),
        ("<img src=x onerror=y", "img src=x onerror=y"),
    ],
)
def test_tags_are_taken_out_of_plain_text(text: str, plain: str) -> None:
    assert without_tags(text, Ledger()) == plain


ENDINGS = st.sampled_from([*TEXT_ENDINGS, *TABLE_ENDINGS, ""])
TOKENS = (
    "# |## Level 1|TL;DR|Level 2|If you are a|Researcher|Gecko’s take|---|title: x|  • ·|- |<b>|"
    "</p>|<script>|<!--|[x](http://e.org)|{'term': 'a'|}|[|,|\t|'|&lt;i&gt;|\u2028|\x00|word|<h1>|"
    "Two words.|The takeaway for you|aReading · ~2 min · 3 words deep"
)
PIECES = st.lists(
    st.sampled_from([*TOKENS.replace("'", '"').split("|"), "\n", "\n\n", "| a | b |"])
    | st.text(max_size=6),
    max_size=30,
)


@settings(max_examples=120, deadline=None)
@given(pieces=PIECES, ending=ENDINGS)
def test_any_text_becomes_explainers_that_parse_back_or_is_refused(
    pieces: list[str], ending: str
) -> None:
    try:
        reading = read_source("".join(pieces), "name", ending, DEFAULT_LAYOUT)
    except DataError:
        return
    for draft in reading.drafts:
        text = file_text(draft)
        text.encode("utf-8")
        parsed = parse_explainer(text, Path(f"{slug_of(draft.title)}.md"), DEFAULT_LAYOUT)
        # What an import may leave to its reader: keys and sections it could not know.
        left = ("is missing", "Unknown heading", "stands where")
        assert [p for p in parsed.problems if not any(w in p.message for w in left)] == []
        known = {s.heading: s.text.strip() for s in draft.sections if s.kind is not None}
        assert {h: t for h, t in sections_of(draft).items() if h in known} == known


@settings(max_examples=60, deadline=None)
@given(title=st.text(max_size=90), tagline=st.text(max_size=130), text=st.text(max_size=80))
def test_front_matter_parses_back_to_the_same_values(title: str, tagline: str, text: str) -> None:
    rows = [{"term": title, "definition": f"w {text}", "category": tagline, "aliases": [text]}]
    reading = read_source(json.dumps(rows), "name", ".json", DEFAULT_LAYOUT)
    for draft in reading.drafts:
        keys = "".join(
            f"{key}: []\n"
            for key in ("aliases", "asks", "related", "confused_with", "sources")
            if not getattr(draft.front, key)
        )
        keys += "tagline: t\nupdated: 2026-01-02\n" + (
            "" if draft.front.category else "category: c\n"
        )
        whole = explainer_text("x")
        body = whole[whole.index("\n## TL;DR") :]
        front = file_text(draft).partition("\n---\n")[0]
        parsed = parse_explainer(f"{front}\n{keys}---\n{body}", Path("a.md"), DEFAULT_LAYOUT)
        assert parsed.explainer is not None, parsed.problems
        assert parsed.explainer.title == draft.title
        assert parsed.explainer.aliases == draft.front.aliases
        assert draft.front.category in ("", parsed.explainer.category)
