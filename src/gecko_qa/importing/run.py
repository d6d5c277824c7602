"""Import sources into a corpus's folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from gecko_qa.corpus.folder import MAX_FILE_BYTES, MAX_FILES
from gecko_qa.corpus.front_matter import CHECKS
from gecko_qa.corpus.slug import MAX_SLUG_CHARS, slug_of
from gecko_qa.errors import DataError, UsageError
from gecko_qa.files import read_bounded, write_atomically
from gecko_qa.importing.detection import decoded, read_source
from gecko_qa.importing.draft import Draft, Note, with_note
from gecko_qa.importing.report import Outcome, Report
from gecko_qa.importing.sources import MAX_SOURCE_BYTES, find_sources
from gecko_qa.importing.writing import file_text
from gecko_qa.layout import Layout
from gecko_qa.words import folded_words

MAX_BACKUPS = 1000


def import_sources(
    sources: Sequence[Path],
    into: Path,
    layout: Layout,
    *,
    category: str = "",
    replace_files: bool = False,
    dry_run: bool = False,
) -> Report:
    """Turn `sources`, files and folders, into explainers in the folder `into`; say what was done.

    A file that stands there with other content is left alone, unless `replace_files`, which keeps
    a copy of it. `category` goes before what the sources say. Nothing is written outside `into`,
    and with `dry_run` nothing at all. Raises UsageError for a source that does not exist, and
    DataError where there are too many or `into` is no folder.
    """
    if category:
        category = _checked_category(category)
    if into.exists() and not into.is_dir():
        raise DataError(f"{into} is not a folder. Name one with --into DIR.")
    found = find_sources(sources)
    target = _Target(into, replace_files, dry_run)
    outcomes = [
        outcome for path in found.files for outcome in _imported(path, layout, category, target)
    ]
    if len(target.titles) > MAX_FILES:
        raise DataError(f"They give {len(target.titles)} explainers; {MAX_FILES} are allowed.")
    target.write()
    return Report(tuple(outcomes), found.left_out, dry_run)


def _checked_category(category: str) -> str:
    try:
        return str(CHECKS["category"](category))
    except ValueError as fault:
        raise UsageError(f"The category {fault}") from None


def _imported(path: Path, layout: Layout, category: str, target: _Target) -> Iterator[Outcome]:
    source = str(path)
    try:
        text, encoding = decoded(read_bounded(path, MAX_SOURCE_BYTES))
        reading = read_source(text, _name_of(path), path.suffix.lower(), layout)
    except DataError as fault:
        yield Outcome(source, "", "refused", why=str(fault))
        return
    for draft in reading.drafts:
        drafted = _with_category(draft, category)
        if encoding not in ("utf-8", "utf-16"):
            said = f"the file's encoding, {encoding}"
            drafted = replace(drafted, notes=with_note(drafted.notes, "guessed", said))
        yield target.place(drafted, Outcome(source, reading.format, "written", drafted.title))
    for refusal in reading.refusals:
        yield Outcome(source, reading.format, "refused", why=refusal)


def _name_of(path: Path) -> str:
    """Return the file's name as a title: without its ending, hyphens as spaces."""
    stem = path.stem.encode("utf-8", "replace").decode("utf-8")
    name = " ".join(stem.replace("-", " ").replace("_", " ").split())
    return name[:1].upper() + name[1:] or "Explainer"


def _with_category(draft: Draft, category: str) -> Draft:
    if not category:
        return draft
    notes = []
    for note in draft.notes:
        items = tuple(
            i for i in note.items if i != "category" or note.kind not in ("taken", "missing")
        )
        notes += [Note(note.kind, items)] if items else []
    before = draft.front.category
    said = f"the category {category}, as asked" + (
        f", for “{before}” of the source" if before not in ("", category) else ""
    )
    front = replace(draft.front, category=category)
    return replace(draft, front=front, notes=with_note(notes, "converted", said))


@dataclass
class _Target:
    """The folder that files go to; `pending` are those to write, with the backups before them."""

    folder: Path
    replace_files: bool
    dry_run: bool
    titles: dict[str, str] = field(default_factory=dict)
    named: dict[tuple[str, ...], tuple[str, bytes]] = field(default_factory=dict)
    pending: list[tuple[Path, bytes]] = field(default_factory=list)

    def place(self, draft: Draft, outcome: Outcome) -> Outcome:
        """Decide where `draft` goes and what has to be done for it."""
        data = file_text(draft).encode("utf-8")
        outcome = replace(outcome, notes=draft.notes)
        if len(data) > MAX_FILE_BYTES:
            why = (
                f"It makes {len(data)} bytes; an explainer has {MAX_FILE_BYTES} at most. Split it."
            )
            return replace(outcome, status="refused", why=why)
        words = folded_words(draft.title)
        twin = self.named.get(words) if words else None
        if twin is not None:
            if twin[1] == data:
                return replace(outcome, status="unchanged", why=f"It says the same as {twin[0]}.")
            why = f"{twin[0]} has the same name. Give one of them another, or make one of both."
            return replace(outcome, status="refused", why=why)
        slug, outcome = self.free_slug(draft.title, outcome)
        self.titles[slug] = draft.title
        self.named[words] = (f"{outcome.source} (“{draft.title}”)", data)
        return self.stored(self.folder / f"{slug}.md", data, outcome)

    def free_slug(self, title: str, outcome: Outcome) -> tuple[str, Outcome]:
        """Return the title's slug; one that this import has used gets a number."""
        first = slug = slug_of(title)
        n = 1
        while slug in self.titles:
            n += 1
            slug = f"{first[: MAX_SLUG_CHARS - len(str(n)) - 1].rstrip('-')}-{n}"
        if n > 1:
            told = f"the name {slug}.md: “{self.titles[first]}” has {first}.md"
            outcome = replace(outcome, notes=with_note(outcome.notes, "guessed", told))
        return slug, outcome

    def stored(self, path: Path, data: bytes, outcome: Outcome) -> Outcome:
        """Hold `data` against what lies at `path`, and plan what has to be written."""
        outcome = replace(outcome, path=path)
        if path.is_symlink() or (path.exists() and not path.is_file()):
            return replace(outcome, status="refused", why=f"{path} is a link or no file.")
        if not path.exists():
            self.pending.append((path, data))
            return outcome
        try:
            old = path.read_bytes()
        except OSError as error:
            return replace(outcome, status="refused", why=f"{path}: {error.strerror}.")
        if old == data:
            return replace(outcome, status="unchanged")
        if not self.replace_files:
            why = "It is there with other content. --replace replaces it and keeps a copy."
            return replace(outcome, status="exists", why=why)
        backup = _free_backup(path)
        self.pending += [(backup, old), (path, data)]
        return replace(outcome, status="replaced", backup=backup)

    def write(self) -> None:
        """Write what is pending, each file whole or not at all."""
        if self.dry_run or not self.pending:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        for path, data in self.pending:
            write_atomically(path, data)


def _free_backup(path: Path) -> Path:
    """Return the first of `<name>.bak`, `<name>.bak2`, … that is free."""
    for n in range(1, MAX_BACKUPS + 1):
        backup = path.with_name(f"{path.name}.bak{n if n > 1 else ''}")
        if not backup.is_symlink() and not backup.exists():
            return backup
    raise DataError(f"{path} has {MAX_BACKUPS} backups. Clear some away.")
