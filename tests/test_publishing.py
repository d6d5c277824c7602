"""A corpus for others: a site of files, one JSON file, and a folder where only ours is touched."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import pytest
from commands import Cli
from factories import explainer_text, three_explainers, write_corpus, write_wordings
from jsonschema import Draft202012Validator
from markup import Node, parsed
from other_layouts import depths, tides

from gecko_qa.book import Book, book_of
from gecko_qa.corpus.folder import Corpus, read_corpus, valid_corpus
from gecko_qa.errors import DataError, UsageError
from gecko_qa.html.site import SERVED, StaticSite, file_of
from gecko_qa.publishing.folder import MANIFEST, write_files
from gecko_qa.publishing.records import corpus_json, schema
from gecko_qa.publishing.searching import search_index
from gecko_qa.publishing.site import Published, publish
from gecko_qa.settings import Settings

BASE = "https://example.org/some/where/"
SCRIPT = "</script><script>alert(1)</script>"
CORPORA = {"tides": tides, "depths": depths}
ODD = f"{SCRIPT} ]]> \"'&amp; ${{1}} {{{{ 7*7 }}}} \\u003c"
ATOM = {"a": "http://www.w3.org/2005/Atom"}
MAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def book_in(folder: Path) -> Book:
    return book_of(valid_corpus(folder))


@pytest.fixture
def site(small_corpus: Path) -> Published:
    """The site of three explainers, its address known."""
    return publish(book_in(small_corpus), BASE)


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A corpus with odd text wherever text can stand."""
    quoted = ODD.replace("\\", "\\\\").replace('"', '\\"')
    text = explainer_text(
        f"Feet {quoted}"[:80],
        aliases=[quoted],
        asks=[f"Why {quoted}?"],
        related=["toes"],
        confused_with=["toes"],
        sections={"TL;DR": f"Feet: {ODD}", "Level 2": SCRIPT},
    )
    text = text.replace("category: Testing", f'category: "{SCRIPT}"')
    text = text.replace("tagline: About", f'tagline: "{SCRIPT} ]]> & *About* [x](y)" #')
    toes = explainer_text("Toes", confused_with=["feet"])
    return write_corpus(tmp_path / "hostile", {"feet": text, "toes": toes})


def whole(settings: Settings) -> Published:
    return publish(book_in(settings.corpus), BASE)


def pages(files: Mapping[str, bytes]) -> Iterator[tuple[str, Node]]:
    for name, data in files.items():
        if name.endswith(".html"):
            yield name, parsed(data.decode("utf-8"))


def links(page: Node) -> Iterator[str]:
    for name in ("href", "src", "action", "data-names"):
        yield from page.values(name)


def faults_of_links(files: Mapping[str, bytes], root: str = "/some/where/") -> list[str]:
    """Return every link of the site, from its address `root`, that leads nowhere."""
    read = dict(pages(files))
    anchors = {name: set(page.values("id")) for name, page in read.items()}
    faults = []
    for name, page in read.items():
        for link in links(page):
            parts = urlsplit(link)
            if parts.scheme in ("http", "https"):
                continue
            if parts.scheme or parts.netloc:
                faults.append(f"{name}: {link}")
                continue
            here = posixpath.join(root, name)
            path = posixpath.normpath(posixpath.join(posixpath.dirname(here), parts.path or here))
            target = path.removeprefix(root) if path.startswith(root) else "outside"
            missing = target not in files
            dangling = parts.fragment and unquote(parts.fragment) not in anchors.get(target, ())
            if missing or dangling:
                faults.append(f"{name}: {link}")
    return faults


# --- Links


def test_every_link_of_the_whole_site_leads_somewhere(settings: Settings) -> None:
    files = whole(settings).files
    assert len(list(pages(files))) == len(list(settings.corpus.glob("*.md"))) + 5
    assert faults_of_links(files) == []


@pytest.mark.parametrize("name", CORPORA)
def test_links_hold_in_corpora_of_another_layout(name: str, tmp_path: Path) -> None:
    book = book_in(CORPORA[name](tmp_path / "corpus"))
    for base in ("", BASE):
        published = publish(book, base)
        files = dict(published.files)
        if not base:
            del files["404.html"]
        assert faults_of_links(files) == []
        for page, html in pages(files):
            assert "None" not in html.plain.split(), page


def test_a_broken_link_and_a_lost_anchor_would_be_found(site: Published) -> None:
    broken = b'<a href="gone.html">a</a><a href="index.html#gone">b</a><a href="/x">c</a>'
    assert len(faults_of_links({**site.files, "define.html": broken})) == 3


def test_without_an_address_every_link_is_relative(small_corpus: Path) -> None:
    for name, page in pages(publish(book_in(small_corpus)).files):
        outside = ("https://example.org/paper",)
        ours = [link for link in links(page) if link not in outside]
        assert not [link for link in ours if link.startswith(("/", "http"))], name


def test_the_page_for_lost_addresses_works_from_any_depth(site: Published) -> None:
    page = parsed(site.files["404.html"].decode())
    assert all(link.startswith(("/some/where/", "#main")) for link in links(page))


def test_addresses_of_the_server_become_files() -> None:
    at = StaticSite(up="../")
    assert at.to("/") == "../index.html"
    assert at.to("/?q=a%20b") == "../index.html?q=a%20b"
    assert at.to("/explainers#category-été") == "../explainers.html#category-été"
    assert at.to("/explainers/rlhf#level-1") == "../explainers/rlhf.html#level-1"
    assert at.to("/gecko/pages.css") == "../gecko/pages.css"
    assert (
        SERVED.to("/explainers/rlhf") == SERVED.canonical("/explainers/rlhf") == "/explainers/rlhf"
    )
    assert (at.canonical("/map"), StaticSite(base=BASE).canonical("/")) == ("", BASE)
    assert file_of("/explainers/index") != file_of("/explainers")


# --- Pages


def test_pages_have_a_policy_and_no_chat(site: Published) -> None:
    for name, page in pages(site.files):
        (policy,) = page.having("http-equiv", "Content-Security-Policy")
        assert "default-src 'none'" in policy.attributes["content"], name
        assert "unsafe" not in policy.attributes["content"]
        assert not page.having("style"), name
        scripts = [node for node in page if node.tag == "script"]
        assert all(node.attributes["src"] and not node.children for node in scripts)
        assert not page.having("data-ask")
        assert not page.styled("gq-asks")
        assert not page.styled("gq-compare")
        assert "Ask" not in page.plain.split(), name


def test_canonical_addresses_need_the_sites(site: Published, small_corpus: Path) -> None:
    def canonical(files: Mapping[str, bytes], name: str) -> list[str]:
        page = parsed(files[name].decode())
        shared = [n.attributes["content"] for n in page.having("property", "og:url")]
        found = [n.attributes["href"] for n in page.having("rel", "canonical")]
        assert shared == found
        return found

    assert canonical(site.files, "index.html") == [BASE]
    assert canonical(site.files, "explainers/tree-frogs.html") == [
        f"{BASE}explainers/tree-frogs.html"
    ]
    assert canonical(site.files, "404.html") == []
    alone = publish(book_in(small_corpus))
    assert canonical(alone.files, "index.html") == []
    assert not {"sitemap.xml", "feed.xml"} & alone.files.keys()
    assert "--base-url" in alone.notes[0]
    assert site.notes == ()


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://example.org/", "example.org", "https://", "javascript:alert(1)", "https://[::1"),
        *("https://example.org/?q=1", "https://example.org/#a", "https://example.org/?"),
        *("https://a:b@example.org/", "https://example.org/a b", "https://example.org:99999/"),
        *("https://exämple.org/", 'https://example.org/"><script>', "https://example.org/\n"),
        "https://example.org/" + "a" * 500,
    ],
)
def test_what_is_no_address_for_a_site_is_refused(url: str, small_corpus: Path) -> None:
    with pytest.raises(UsageError, match="Write one such as|Leave off"):
        publish(book_in(small_corpus), url)


def test_an_address_gets_its_slash(small_corpus: Path) -> None:
    assert publish(book_in(small_corpus), BASE.rstrip("/")) == publish(book_in(small_corpus), BASE)


# --- Files for programs


def test_the_site_map_names_every_page_once(site: Published) -> None:
    root = ElementTree.fromstring(site.files["sitemap.xml"])
    found = [url.findtext("s:loc", None, MAP) for url in root.findall("s:url", MAP)]
    names = [name for name, _ in pages(site.files) if name not in ("index.html", "404.html")]
    assert sorted(map(str, found)) == sorted([BASE, *(BASE + name for name in names)])
    days = {u.findtext("s:lastmod", None, MAP) for u in root.findall("s:url", MAP)}
    assert days == {None, "2026-01-02"}
    assert f"Sitemap: {BASE}sitemap.xml\n" in site.files["robots.txt"].decode()


def test_the_feed_has_the_newest_first(tmp_path: Path) -> None:
    def dated(title: str, day: str) -> str:
        return explainer_text(title).replace("2026-01-02", day)

    undated = explainer_text("Dust").replace("updated: 2026-01-02\n", "")
    folder = write_corpus(
        tmp_path / "c",
        {"ants": dated("Ants", "2025-01-01"), "bees": dated("Bees", "2026-03-04"), "dust": undated},
    )
    root = ElementTree.fromstring(publish(book_in(folder), BASE).files["feed.xml"])
    entries = root.findall("a:entry", ATOM)
    assert [entry.findtext("a:title", None, ATOM) for entry in entries] == ["Bees", "Ants"]
    assert entries[0].findtext("a:id", None, ATOM) == f"{BASE}explainers/bees.html"
    assert root.findtext("a:updated", None, ATOM) == "2026-03-04T00:00:00Z"
    for part in (root, *entries):
        for tag in ("id", "title", "updated", "link"):
            assert part.find(f"a:{tag}", ATOM) is not None, tag
    assert root.findtext("a:author/a:name", None, ATOM) == "gecko-qa"


def test_without_dates_there_is_no_feed_and_the_report_says_so(tmp_path: Path) -> None:
    text = explainer_text("Dust").replace("updated: 2026-01-02\n", "")
    published = publish(book_in(write_corpus(tmp_path / "c", {"dust": text})), BASE)
    assert "feed.xml" not in published.files
    assert b"atom" not in published.files["index.html"]
    assert "feed.xml" in published.notes[0]


def test_llms_txt_links_every_explainer_and_the_full_text_tells_all(
    site: Published, small_corpus: Path
) -> None:
    overview, full = (site.files[name].decode() for name in ("llms.txt", "llms-full.txt"))
    assert overview.startswith("# gecko-qa\n\n> 3 explainers")
    for explainer in valid_corpus(small_corpus).explainers:
        link = f"[{explainer.title}]({BASE}explainers/{explainer.slug}.html): {explainer.tagline}"
        assert f"\n- {link}\n" in overview
        assert all(section.text in full for section in explainer.sections)
    assert "### Gecko's take (opinion)\n" in full
    alone = publish(book_in(small_corpus)).files["llms.txt"].decode()
    assert "](explainers/tree-frogs.html)" in alone


# --- Escaping


class _Strict(HTMLParser):
    """Collects what a browser would run."""

    def __init__(self) -> None:
        super().__init__()
        self.running: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script" and "src" not in dict(attrs):
            self.running.append(tag)
        self.running += [name for name, _ in attrs if name.startswith("on")]


def test_markup_in_a_corpus_is_text_wherever_it_is_written(hostile: Path) -> None:
    corpus = valid_corpus(hostile)
    files = publish(book_of(corpus), BASE).files
    assert faults_of_links(files) == []
    for name, data in files.items():
        if name.endswith(".html"):
            reader = _Strict()
            reader.feed(data.decode())
            assert reader.running == [], name
    feet = corpus.by_slug["feet"]
    told = script_value(files["gecko/search-index.js"], "geckoSearchIndex")
    assert told["explainers"][0][4][0] == ["tldr", feet.definition.text]
    assert ODD in feet.definition.text
    definition = script_value(files["gecko/definitions.js"], "geckoDefinitions")["feet"]
    assert ODD in parsed(definition).plain
    assert "<script" not in definition
    root = ElementTree.fromstring(files["feed.xml"])
    assert feet.tagline in [e.text for e in root.iter(f"{{{ATOM['a']}}}summary")]
    assert "\\[x\\](y)" in files["llms.txt"].decode()


def script_value(data: bytes, name: str) -> dict[str, list]:
    found = re.fullmatch(rf"window\.{name} = (.*);\n", data.decode(), re.DOTALL)
    assert found
    return json.loads(found.group(1))


# --- The search's texts


def test_the_search_reads_every_text_word_for_word(small_corpus: Path) -> None:
    book = book_in(small_corpus)
    index, whole = search_index(book)
    assert whole
    found = {
        f"{slug}#{section}": text
        for slug, _, _, _, sections in index["explainers"]
        for section, text in sections
    }
    assert found == {f"{e.slug}#{s.kind.id}": s.text for e in book.explainers for s in e.sections}
    assert index["headings"]["take"] == "Gecko's take (opinion)"
    assert index["headings"]["takeaways-builder"] == "Takeaways: Builder"


def test_of_too_much_text_the_search_reads_definitions_alone(small_corpus: Path) -> None:
    index, whole = search_index(book_in(small_corpus), max_bytes=100)
    assert not whole
    assert [[s for s, _ in record[4]] for record in index["explainers"]] == [["tldr"]] * 3


# --- The same again


def test_the_same_corpus_gives_the_same_bytes(small_corpus: Path) -> None:
    assert publish(book_in(small_corpus), BASE) == publish(book_in(small_corpus), BASE)
    assert corpus_json(valid_corpus(small_corpus)) == corpus_json(valid_corpus(small_corpus))


# --- JSON


def validate(data: bytes) -> dict:
    told = json.loads(data)
    Draft202012Validator(json.loads(schema())).validate(told)
    return told


def assert_texts_are_slices(told: dict, corpus: Corpus) -> None:
    for explainer in told["explainers"]:
        file = (corpus.folder / explainer["file"]).read_bytes().decode("utf-8-sig")
        file = file.replace("\r\n", "\n")
        for passage in explainer["passages"]:
            start = passage["start"]
            assert file[start : start + len(passage["text"])] == passage["text"], passage["id"]


def test_the_schema_is_one_and_holds_the_whole_corpus(settings: Settings) -> None:
    Draft202012Validator.check_schema(json.loads(schema()))
    corpus = valid_corpus(settings.corpus)
    told = validate(corpus_json(corpus))
    assert len(told["explainers"]) == len(corpus.explainers)
    assert_texts_are_slices(told, corpus)
    assert told["manifest"]["corpus"] == corpus.hash


@pytest.mark.parametrize("name", CORPORA)
def test_the_schema_holds_corpora_of_another_layout(name: str, tmp_path: Path) -> None:
    corpus = valid_corpus(CORPORA[name](tmp_path / "corpus"))
    told = validate(corpus_json(corpus))
    assert [level["id"] for level in told["layout"]["levels"]] == [
        c.id for c in corpus.layout.levels
    ]
    assert_texts_are_slices(told, corpus)


def test_the_json_tells_all_that_a_corpus_holds(small_corpus: Path) -> None:
    write_wordings(small_corpus, "tree-frogs\twho sticks to leaves\n", "how to cook rice\n")
    crlf = small_corpus / "tree-frogs.md"
    crlf.write_bytes(b"\xef\xbb\xbf" + crlf.read_bytes().replace(b"\n", b"\r\n"))
    corpus = valid_corpus(small_corpus)
    told = validate(corpus_json(corpus))
    assert_texts_are_slices(told, corpus)
    frogs = next(e for e in told["explainers"] if e["slug"] == "tree-frogs")
    assert frogs["phrasings"] == ["who sticks to leaves"]
    assert told["outside"] == ["how to cook rice"]
    explainer = corpus.by_slug["tree-frogs"]
    for key in ("title", "category", "tagline", "reading_minutes", "words_deep"):
        assert frogs[key] == getattr(explainer, key)
    for key in ("aliases", "asks", "related", "confused_with"):
        assert tuple(frogs[key]) == getattr(explainer, key)
    assert frogs["updated"] == "2026-01-02"
    assert [p["section"] for p in frogs["passages"]] == [s.kind.id for s in explainer.sections]


def test_a_wrong_export_does_not_pass_the_schema(small_corpus: Path) -> None:
    told = json.loads(corpus_json(valid_corpus(small_corpus)))
    told["explainers"][0]["passages"][0]["start"] = -1
    assert not Draft202012Validator(json.loads(schema())).is_valid(told)


# --- The folder


def held(folder: Path) -> dict[str, bytes]:
    files = (p for p in folder.rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files if p.name != MANIFEST}


def test_an_export_over_an_earlier_one_leaves_the_new_files_and_what_is_not_ours(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "new" / "site"
    first = write_files(folder, {"a.html": b"1", "sub/b.html": b"2", "sub/c.html": b"3"})
    assert (first.n_written, first.n_unchanged, first.n_removed) == (3, 0, 0)
    (folder / "CNAME").write_bytes(b"theirs")
    second = write_files(folder, {"a.html": b"1", "d.html": b"4"})
    assert (second.n_written, second.n_unchanged, second.n_removed) == (1, 1, 2)
    assert held(folder) == {"a.html": b"1", "d.html": b"4", "CNAME": b"theirs"}
    assert not (folder / "sub").exists()


def test_what_somebody_changed_is_not_removed(tmp_path: Path) -> None:
    write_files(tmp_path / "site", {"a.html": b"1", "b.html": b"2"})
    (tmp_path / "site" / "b.html").write_bytes(b"changed")
    assert write_files(tmp_path / "site", {"a.html": b"1"}).kept == ("b.html",)
    assert held(tmp_path / "site") == {"a.html": b"1", "b.html": b"changed"}


def test_an_empty_folder_or_one_with_its_history_is_taken(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    write_files(tmp_path, {"a.html": b"1"})
    assert held(tmp_path) == {"a.html": b"1"}


def test_a_strangers_folder_is_refused_untouched(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_bytes(b"mine")
    with pytest.raises(DataError, match="Name a new or an empty folder"):
        write_files(tmp_path, {"a.html": b"1"})
    assert held(tmp_path) == {"notes.txt": b"mine"}
    with pytest.raises(DataError, match="is no folder"):
        write_files(tmp_path / "notes.txt", {"a.html": b"1"})


def test_a_strangers_file_in_an_export_is_never_overwritten(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.html": b"1"})
    (tmp_path / "b.html").write_bytes(b"mine")
    with pytest.raises(DataError, match=r"b\.html was written by no export"):
        write_files(tmp_path, {"a.html": b"2", "b.html": b"2"})
    assert held(tmp_path) == {"a.html": b"1", "b.html": b"mine"}


def test_nothing_is_written_or_removed_through_a_link(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "b.html").write_bytes(b"2")
    folder = tmp_path / "site"
    write_files(folder, {"sub/b.html": b"2"})
    (folder / "sub" / "b.html").unlink()
    (folder / "sub").rmdir()
    (folder / "sub").symlink_to(outside)
    with pytest.raises(DataError, match="is a link"):
        write_files(folder, {"sub/b.html": b"3"})
    assert write_files(folder, {"a.html": b"1"}).kept == ("sub/b.html",)
    assert held(outside) == {"b.html": b"2"}


@pytest.mark.parametrize(
    "name", ["../x", "/etc/x", "a/../../x", "a\\b", "", "c:x", "./a", "a//b", "."]
)
def test_a_manifest_that_leads_out_of_the_folder_is_refused(name: str, tmp_path: Path) -> None:
    told = {"format": 1, "files": {name: "sha256:0"}}
    (tmp_path / MANIFEST).write_text(json.dumps(told))
    with pytest.raises(DataError, match="does not tell what an export wrote"):
        write_files(tmp_path, {"a.html": b"1"})


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 2, "files": {}}', '{"format": 1}'])
def test_a_manifest_that_makes_no_sense_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text(text)
    with pytest.raises(DataError, match="Empty the folder yourself"):
        write_files(tmp_path, {"a.html": b"1"})


def test_a_killed_export_is_finished_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gecko_qa.publishing import folder as module

    real, written = module.write_atomically, []

    def dies(path: Path, data: bytes) -> None:
        written.append(path)
        if len(written) == 3:
            raise KeyboardInterrupt
        real(path, data)

    monkeypatch.setattr(module, "write_atomically", dies)
    with pytest.raises(KeyboardInterrupt):
        write_files(tmp_path, {"a.html": b"1", "b.html": b"2", "c.html": b"3"})
    monkeypatch.undo()
    assert held(tmp_path) == {"a.html": b"1"}
    write_files(tmp_path, {"b.html": b"2"})
    assert held(tmp_path) == {"b.html": b"2"}


# --- The command


def test_the_command_writes_a_site_and_says_what_is_left_out(
    cli: Cli, small_corpus: Path, tmp_path: Path
) -> None:
    at = ("--corpus", str(small_corpus))
    done = cli("export", "site", str(tmp_path / "site"), *at)
    assert done.code == 0
    assert " 0 unchanged, 0 removed." in done.out
    assert "--base-url" in done.out
    (small_corpus / "suction-cups.md").unlink()
    done = cli("export", "site", str(tmp_path / "site"), "--base-url", BASE, *at)
    assert " 1 removed." in done.out
    assert faults_of_links(held(tmp_path / "site")) == []


def test_the_command_refuses_faults_addresses_and_strangers(
    cli: Cli, small_corpus: Path, tmp_path: Path
) -> None:
    at = ("--corpus", str(small_corpus))
    assert cli("export", "site", str(tmp_path / "s"), "--base-url", "x", *at).code == 2
    assert not (tmp_path / "s").exists()
    assert cli("export", "site", str(small_corpus), *at).code == 1
    assert read_corpus(small_corpus).problems == ()
    (small_corpus / "broken.md").write_text("nothing")
    done = cli("export", "site", str(tmp_path / "s"), *at)
    assert done.code == 1
    assert "broken.md" in done.err
    assert not (tmp_path / "s").exists()


def test_the_command_writes_json_and_prints_its_schema(
    cli: Cli, small_corpus: Path, tmp_path: Path
) -> None:
    file = tmp_path / "corpus.json"
    done = cli("export", "json", str(file), "--corpus", str(small_corpus))
    assert done.code == 0
    assert len(validate(file.read_bytes())["explainers"]) == len(three_explainers())
    assert cli("export", "schema").out.encode() == schema()
    done = cli("export", "json", str(tmp_path / "no" / "x.json"), "--corpus", str(small_corpus))
    assert done.code == 1
    assert done.err.startswith("The system refused: ")
