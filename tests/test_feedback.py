"""Feedback: what is taken, the file that keeps it, and the report on it."""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import sqlite3
import tempfile
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import fields, replace
from datetime import date
from itertools import pairwise
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from factories import fake_index, three_explainers, write_corpus
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from gecko_qa.errors import DataError, FeedbackUnusable, UsageError
from gecko_qa.feedback import store as store_module
from gecko_qa.feedback.feedback import VERDICTS, Feedback, check_feedback
from gecko_qa.feedback.report import Marked, Wanted, report_on
from gecko_qa.feedback.store import VERSION, FeedbackStore
from gecko_qa.library import Library
from gecko_qa.settings import Settings

DAY = date(2026, 3, 4)
MANY_BYTES = 1024 * 1024
NOTE = Feedback(DAY, "useful", "Why do geckos stick?", "answered", "1", ("gecko-feet",))
FULL_NOTE = Feedback(
    day=DAY,
    verdict="too-technical",
    question="Geckos or 🐸 “tree frogs”?",
    status="answered",
    level="tldr",
    concepts=("gecko-feet", "tree-frogs"),
    audience="builder",
    answer="0123456789abcdef",
    index="sha256:" + "0" * 64,
    line="Naïve readers’ eyes glaze; say “hairs”.",
)


def numbered(n: int, who: str = "") -> Feedback:
    return replace(NOTE, question=f"Question {n} {who}".strip())


@pytest.fixture
def store(tmp_path: Path) -> FeedbackStore:
    return FeedbackStore(tmp_path / "feedback.sqlite", MANY_BYTES)


@pytest.fixture(scope="module")
def lizards(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The library of three small explainers."""
    folder = tmp_path_factory.mktemp("lizards")
    corpus = write_corpus(folder / "corpus", three_explainers())
    return Library(fake_index(corpus, folder / "index"))


def opened(path: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(path, isolation_level=None))


def in_a_process(work: Callable[..., None], *arguments: object) -> int | None:
    """Run `work` in a fresh Python to its end; return its exit status."""
    child = multiprocessing.get_context("spawn").Process(target=work, args=arguments)
    child.start()
    child.join(60)
    return child.exitcode


class TestTheFile:
    def test_it_gives_back_what_it_was_given_in_order(self, store: FeedbackStore) -> None:
        for note in (FULL_NOTE, NOTE, NOTE):
            store.append(note)
        assert store.read() == (FULL_NOTE, NOTE, NOTE)

    def test_no_file_and_an_empty_one_hold_nothing(self, store: FeedbackStore) -> None:
        assert store.read() == ()
        assert not store.path.exists()
        store.path.touch()
        assert store.read() == ()
        store.append(NOTE)
        assert store.read() == (NOTE,)

    def test_it_lies_beside_the_corpus_unless_told_otherwise(self, tmp_path: Path) -> None:
        there = Settings(tmp_path / "corpus")
        assert there.feedback_file == tmp_path / "feedback.sqlite"
        assert replace(there, feedback=Path("f")).feedback_file == Path("f")

    def test_its_folder_is_made(self, tmp_path: Path) -> None:
        store = FeedbackStore(tmp_path / "a # b?" / "100 %" / "é.sqlite", MANY_BYTES)
        store.append(NOTE)
        assert store.path.is_file()
        assert store.read() == (NOTE,)

    def test_it_tells_nothing_of_the_reader_and_no_time_but_the_day(
        self, store: FeedbackStore
    ) -> None:
        store.append(FULL_NOTE)
        with opened(store.path) as connection:
            names = [row[1] for row in connection.execute("PRAGMA table_info(feedback)")]
            assert names == ["id", *(field.name for field in fields(Feedback))]
            assert set(names) == {
                *("id", "day", "verdict", "question", "status", "level", "concepts"),
                *("audience", "answer", "index", "line"),
            }
            assert connection.execute("SELECT day FROM feedback").fetchall() == [("2026-03-04",)]
            tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            assert {name for (name,) in tables} == {"feedback", "sqlite_sequence"}

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE feedback SET verdict = 'useful'",
            "DELETE FROM feedback",
            "INSERT OR REPLACE INTO feedback (id, day, verdict, question, status, level, concepts, "
            "line) VALUES (1, '', '', '', '', '', '', '')",
        ],
    )
    def test_a_row_is_never_changed(self, store: FeedbackStore, change: str) -> None:
        store.append(FULL_NOTE)
        refused = pytest.raises(sqlite3.IntegrityError, match="only ever added")
        with opened(store.path) as connection, refused:
            connection.execute(change)
        assert store.read() == (FULL_NOTE,)

    def test_it_is_marked_as_ours_and_keeps_a_log(self, store: FeedbackStore) -> None:
        store.append(NOTE)
        with opened(store.path) as connection:
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
            assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)
            assert connection.execute("PRAGMA application_id").fetchone() == (0x67714642,)

    def test_nothing_is_left_beside_it(self, store: FeedbackStore) -> None:
        store.append(NOTE)
        store.append(NOTE)
        store.read()
        assert list(store.path.parent.iterdir()) == [store.path]


class TestTroubleWithTheFile:
    def refused(self, store: FeedbackStore, why: str) -> None:
        """Neither reading nor adding works, and both say why."""
        for call in (store.read, lambda: store.append(NOTE)):
            with pytest.raises(FeedbackUnusable, match=why) as error:
                call()
            assert isinstance(error.value, DataError)
            assert str(store.path) in str(error.value)

    def test_another_programs_file_is_left_as_it_was(self, store: FeedbackStore) -> None:
        with opened(store.path) as connection:
            connection.execute("CREATE TABLE feedback (day)")
        before = store.path.read_bytes()
        self.refused(store, "belongs to another program")
        assert store.path.read_bytes() == before

    def test_a_newer_version_is_not_written_to(self, store: FeedbackStore) -> None:
        store.append(NOTE)
        with opened(store.path) as connection:
            connection.execute(f"PRAGMA user_version = {VERSION + 1}")
        before = store.path.read_bytes()
        self.refused(store, "a newer gecko-qa wrote it")
        assert store.path.read_bytes() == before

    def test_what_is_no_database_is_left_as_it_was(self, store: FeedbackStore) -> None:
        store.path.write_text("Dear diary, " * 100)
        self.refused(store, "not a file of feedback")
        assert store.path.read_text() == "Dear diary, " * 100

    def test_a_folder_is_no_file(self, store: FeedbackStore) -> None:
        store.path.mkdir()
        self.refused(store, "cannot be opened")

    def test_a_folder_that_cannot_be_made(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        store = FeedbackStore(tmp_path / "file" / "feedback.sqlite", MANY_BYTES)
        with pytest.raises(FeedbackUnusable, match="--feedback"):
            store.append(NOTE)

    def test_a_table_that_is_gone(self, store: FeedbackStore) -> None:
        store.append(NOTE)
        with opened(store.path) as connection:
            connection.execute("DROP TABLE feedback")
        self.refused(store, "damaged")

    @pytest.mark.parametrize("column", [f.name for f in fields(Feedback)])
    @pytest.mark.parametrize("value", [b"\xff\xfe", 7, "[[", "[7]"])
    def test_a_row_that_others_wrote_is_feedback_or_is_refused(
        self, store: FeedbackStore, column: str, value: object
    ) -> None:
        store.append(NOTE)
        names = ["day", "verdict", "question", "status", "level", "concepts", "line"]
        row: dict[str, object] = dict.fromkeys(names, "") | {"day": "2026-01-01", "concepts": "[]"}
        row[column] = value
        with opened(store.path) as connection:
            columns = ", ".join(f'"{name}"' for name in row)
            places = ", ".join("?" * len(row))
            connection.execute(
                f"INSERT INTO feedback ({columns}) VALUES ({places})", list(row.values())
            )
        try:
            notes = store.read()
        except FeedbackUnusable as error:
            assert "damaged" in str(error)
        else:
            # SQLite made text of a number, or the text stands where any text may.
            assert getattr(notes[1], column) == str(value)

    @pytest.fixture
    def whole(self, store: FeedbackStore) -> bytes:
        """The bytes of a file with three rows."""
        for n in range(3):
            store.append(numbered(n))
        return store.path.read_bytes()

    @how(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def test_flipped_bytes_give_feedback_or_say_that_they_do_not(
        self, data: st.DataObject, whole: bytes
    ) -> None:
        image = bytearray(whole)
        # What is not zero says something.
        places = st.sampled_from([n for n, byte in enumerate(image) if byte])
        for place in data.draw(st.lists(places, min_size=1, max_size=8)):
            image[place] = data.draw(st.integers(0, 255))
        kept = data.draw(st.just(len(image)) | st.integers(1, len(image)))
        with tempfile.TemporaryDirectory() as folder:
            store = FeedbackStore(Path(folder) / "feedback.sqlite", MANY_BYTES)
            store.path.write_bytes(image[:kept])
            for call in (store.read, lambda: store.append(NOTE)):
                with suppress(FeedbackUnusable):
                    call()

    def test_a_message_that_quotes_odd_bytes_is_told_as_damage(
        self, store: FeedbackStore, whole: bytes
    ) -> None:
        # SQLite quotes the broken statement in its error.
        assert whole.count(b"CREATE TABLE feedback") == 1
        store.path.write_bytes(whole.replace(b"CREATE TABLE", b"CREAT\x80 TABLE"))
        self.refused(store, "damaged")

    def test_a_file_that_another_program_holds(
        self, store: FeedbackStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(store_module, "_WAIT_SECONDS", 0.0)
        store.append(NOTE)
        with opened(store.path) as connection:
            connection.execute("BEGIN IMMEDIATE")
            with pytest.raises(FeedbackUnusable, match="try again"):
                store.append(NOTE)
            assert store.read() == (NOTE,)
        store.append(NOTE)
        assert store.read() == (NOTE, NOTE)

    def test_a_full_file_refuses_and_keeps_what_it_has(self, store: FeedbackStore) -> None:
        small = replace(store, max_bytes=64 * 1024)
        with pytest.raises(FeedbackUnusable, match="full, 65536 bytes being allowed"):
            for n in range(1000):
                small.append(numbered(n, "x" * 900))
        kept = small.read()
        assert len(kept) > 20
        assert kept == tuple(numbered(n, "x" * 900) for n in range(len(kept)))
        assert small.path.stat().st_size <= 64 * 1024
        store.append(NOTE)

    def test_the_largest_row_fits_what_is_set_aside_for_it(self, store: FeedbackStore) -> None:
        largest = replace(
            FULL_NOTE,
            question="\N{GRINNING FACE}" * 1000,
            line="\N{GRINNING FACE}" * 500,
            concepts=("x" * 80,) * 8,
        )
        sizes = [0]
        for _ in range(9):
            store.append(largest)
            sizes.append(store.path.stat().st_size)
        grown = [after - before for before, after in pairwise(sizes[1:])]
        assert 0 < max(grown) <= store_module._ROW_BYTES

    def test_a_full_disk_loses_nothing_that_was_taken(self, store: FeedbackStore) -> None:
        for n in range(5):
            store.append(numbered(n))
        assert in_a_process(_append_on_a_full_disk, store) == 0
        assert store.read() == tuple(numbered(n) for n in range(5))
        store.append(NOTE)

    def test_where_nothing_may_be_written_it_can_still_be_read(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            Path(folder).chmod(0o755)
            store = FeedbackStore(Path(folder) / "feedback.sqlite", MANY_BYTES)
            store.append(NOTE)
            store.path.chmod(0o444)
            Path(folder).chmod(0o555)
            assert in_a_process(_read_as_nobody, store) == 0
            Path(folder).chmod(0o755)


def _append_on_a_full_disk(store: FeedbackStore) -> None:
    """Exit with 0 where adding is refused in words once files can grow no more."""
    size = store.path.stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    for n in range(1000):
        try:
            store.append(numbered(n, "that did not fit" * 60))
        except FeedbackUnusable as error:
            os._exit(0 if "free space" in str(error) else 1)
    os._exit(2)


def _read_as_nobody(store: FeedbackStore) -> None:
    """Exit with 0 where the file can be read, and adding is refused in words."""
    if os.geteuid() == 0:
        os.setgid(65534)
        os.setuid(65534)
    assert store.read() == (NOTE,)
    try:
        store.append(NOTE)
    except FeedbackUnusable as error:
        os._exit(0 if "may not be written" in str(error) else 1)
    os._exit(2)


def _append_and_tell(store: FeedbackStore, told: Connection) -> None:
    """Add without end, and tell once each is taken."""
    for n in range(100_000):
        store.append(numbered(n))
        told.send_bytes(b"taken")


def _append_some(store: FeedbackStore, n: int, who: str) -> None:
    for number in range(n):
        store.append(numbered(number, who))


class TestManyWriters:
    @pytest.mark.parametrize("n", [1, 2, 3, 7, 20])
    def test_a_writer_that_is_killed_loses_nothing_that_was_taken(
        self, store: FeedbackStore, n: int
    ) -> None:
        spawn = multiprocessing.get_context("spawn")
        hearing, telling = spawn.Pipe(duplex=False)
        child = spawn.Process(target=_append_and_tell, args=(store, telling))
        child.start()
        telling.close()
        for _ in range(n):
            hearing.recv_bytes()
        child.kill()
        child.join(60)
        assert child.exitcode == -signal.SIGKILL
        taken = n
        with suppress(EOFError):
            while hearing.recv_bytes():
                taken += 1

        kept = store.read()
        # The one that was under way when it died may be there too, whole.
        assert len(kept) in (taken, taken + 1)
        assert kept == tuple(numbered(number) for number in range(len(kept)))
        store.append(FULL_NOTE)
        assert store.read() == (*kept, FULL_NOTE)

    @pytest.mark.parametrize("begun", [False, True])
    def test_processes_that_write_at_once_lose_nothing(
        self, store: FeedbackStore, begun: bool
    ) -> None:
        if begun:
            store.append(numbered(0, "first"))
        spawn = multiprocessing.get_context("spawn")
        names = ["a", "b", "c", "d"]
        children = [spawn.Process(target=_append_some, args=(store, 12, who)) for who in names]
        for child in children:
            child.start()
        for child in children:
            child.join(60)
        assert [child.exitcode for child in children] == [0] * 4
        asked = [note.question for note in store.read()]
        assert len(asked) == 48 + begun
        for who in names:
            own = [question for question in asked if question.endswith(f" {who}")]
            assert own == [f"Question {n} {who}" for n in range(12)]

    def test_threads_that_write_at_once_lose_nothing(self, store: FeedbackStore) -> None:
        work = [threading.Thread(target=_append_some, args=(store, 8, str(n))) for n in range(6)]
        for thread in work:
            thread.start()
        for thread in work:
            thread.join()
        expected = {f"Question {n} {who}" for n in range(8) for who in range(6)}
        kept = [note.question for note in store.read()]
        assert len(kept) == 48
        assert set(kept) == expected


class TestWhatIsTaken:
    def check(self, library: Library, **other: Any) -> Feedback:
        said = {"verdict": "useful", "question": "Why?", "status": "answered", "level": "1"}
        return check_feedback(library, DAY, **{**said, **other})

    def test_it_is_cleaned_as_questions_are(self, lizards: Library) -> None:
        taken = self.check(
            lizards,
            question="  why \n\t now? ",
            line=" two\nlines, cafe\u0301 ",
            audience="everyone",
            concepts=["tree-frogs", "gecko-feet", "tree-frogs"],
        )
        assert taken == Feedback(
            day=DAY,
            verdict="useful",
            question="why now?",
            status="answered",
            level="1",
            concepts=("tree-frogs", "gecko-feet"),
            audience=None,
            answer=None,
            index=lizards.hash,
            line="two lines, café",
        )

    @pytest.mark.parametrize("verdict", VERDICTS)
    def test_every_verdict_is_taken(self, lizards: Library, verdict: str) -> None:
        assert self.check(lizards, verdict=verdict).verdict == verdict

    def test_an_answer_gives_what_its_feedback_needs(self, lizards: Library) -> None:
        for question in ("What are gecko feet?", "How do I cook rice?", "hello"):
            answer = lizards.ask(question, "2", "builder")
            taken = self.check(
                lizards,
                question=answer.question,
                status=answer.status,
                level=answer.level,
                concepts=answer.concepts,
                audience=answer.audience,
                answer=answer.id,
                index=answer.index,
            )
            assert (taken.concepts, taken.answer) == (answer.concepts, answer.id)

    @pytest.mark.parametrize(
        ("other", "why"),
        [
            ({"verdict": "great"}, "no such verdict"),
            ({"verdict": ""}, "no such verdict"),
            ({"status": "lost"}, "no such status"),
            ({"level": "4"}, "no level"),
            ({"audience": "dentist"}, "no audience"),
            ({"concepts": ["gecko-feet", "nobody"]}, "no explainer “nobody”"),
            ({"concepts": ["gecko-feet"] * 9}, "9 concepts; 8 are allowed"),
            ({"question": "?!"}, "no words"),
            ({"question": "x" * 1001}, "1000 are allowed"),
            ({"question": "x\x1b[31m"}, r"U\+001B"),
            ({"answer": "0123456789abcdeg"}, "“answer”"),
            ({"index": "sha256:0"}, "“index”"),
            ({"line": "x" * 501}, "501 characters; 500 are allowed"),
            ({"line": "bell\x07"}, "control character"),
            ({"line": "\x9b31m"}, "control character"),
            ({"line": "lone \ud800"}, "control character"),
        ],
    )
    def test_what_no_answer_can_have_is_refused(
        self, lizards: Library, other: dict[str, Any], why: str
    ) -> None:
        with pytest.raises(UsageError, match=why):
            self.check(lizards, **other)


def note(verdict: str, question: str = "Why?", *concepts: str, **other: Any) -> Feedback:
    said = {"status": "answered", "level": "1", "concepts": concepts, **other}
    return Feedback(**{"day": DAY, "verdict": verdict, "question": question, **said})


class TestTheReport:
    def test_what_is_not_covered_is_grouped_by_its_words_most_wanted_first(self) -> None:
        rice = note("wanted", "How do I cook rice?", status="not_covered")
        tea = note("wanted", "Tea bags?", status="not_covered")
        written = [
            tea,
            rice,
            replace(rice, question="how do I cook rice", line="please"),
            replace(rice, verdict="useful", day=date(2026, 3, 9)),
            # One side of it is covered, and the other was asked for.
            note("wanted", "Gecko feet or glue?", "gecko-feet"),
        ]
        report = report_on(written)
        assert report == replace(report, n=5, marked=())
        assert report.wanted == (
            Wanted(("How do I cook rice?", "how do I cook rice"), tuple(written[1:4])),
            Wanted(("Gecko feet or glue?",), (written[4],)),
            Wanted(("Tea bags?",), (tea,)),
        )
        assert report.to_json()["not_covered"][0] == {
            "question": "How do I cook rice?",
            "wordings": ["How do I cook rice?", "how do I cook rice"],
            "n": 3,
            "days": ["2026-03-04", "2026-03-09"],
            "lines": [
                {
                    "day": "2026-03-04",
                    "verdict": "wanted",
                    "question": "how do I cook rice",
                    "line": "please",
                }
            ],
        }

    def test_marks_are_counted_by_concept_those_with_most_faults_first(self) -> None:
        both = note("wrong-concept", "Frogs or geckos?", "tree-frogs", "gecko-feet")
        hard = note("too-technical", "Frogs?", "tree-frogs", line="What is mucus?")
        fine = note("useful", "Cups?", "suction-cups")
        chat = note("too-simple", "hello", status="small_talk")
        report = report_on([fine, fine, both, hard, chat])
        assert report.wanted == ()
        assert report.marked == (
            Marked("tree-frogs", (both, hard)),
            Marked("", (chat,)),
            Marked("gecko-feet", (both,)),
            Marked("suction-cups", (fine, fine)),
        )
        assert report.to_json()["concepts"][0] == {
            "concept": "tree-frogs",
            "n": 2,
            "verdicts": {"too-technical": 1, "wrong-concept": 1},
            "lines": [
                {
                    "day": "2026-03-04",
                    "verdict": "too-technical",
                    "question": "Frogs?",
                    "line": "What is mucus?",
                }
            ],
        }
        assert report.to_json()["concepts"][1]["concept"] is None
        assert report.to_json()["concepts"][3]["verdicts"] == {"useful": 2}

    def test_it_can_be_on_one_concept_or_from_a_day_on(self) -> None:
        both = note("too-simple", "Frogs or geckos?", "tree-frogs", "gecko-feet")
        late = replace(both, day=date(2026, 3, 5), concepts=("gecko-feet",))
        wanted = note("wanted", "Rice?", status="not_covered")
        written = [both, late, wanted]
        on_frogs = report_on(written, concept="tree-frogs")
        assert (on_frogs.n, on_frogs.wanted) == (1, ())
        assert on_frogs.marked == (Marked("tree-frogs", (both,)),)
        assert report_on(written, since=date(2026, 3, 5)).marked == (Marked("gecko-feet", (late,)),)
        assert report_on(written, since=DAY).n == 3
        assert report_on(written, concept="nobody").n == 0
