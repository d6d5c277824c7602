"""Files of an index: never overwritten while named, never read damaged."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from factories import FAKE_CARD

from gecko_qa.errors import DataError, IndexDamaged, IndexFormatUnknown, IndexMissing
from gecko_qa.hashing import digest
from gecko_qa.index.folder import (
    clear,
    commit,
    locked,
    map_file,
    place,
    read_file,
    read_manifest,
)
from gecko_qa.index.load import Index
from gecko_qa.index.manifest import FileEntry, Manifest, parse_manifest


def manifest_of(*entries: FileEntry, corpus: str = "sha256:c") -> Manifest:
    """A manifest of `entries`, each under the name that `place` was given."""
    files = {re.sub(r"-[0-9a-f]{16}(?=\.)", "", str(entry.file)): entry for entry in entries}
    return Manifest(corpus, FAKE_CARD, 1, 10, 12, files)


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_file_that_stands_is_left_alone_and_new_bytes_get_a_name_of_their_own(
    tmp_path: Path,
) -> None:
    old = place(tmp_path, "keys.json", b"old")
    new = place(tmp_path, "keys.json", b"new")
    assert old.file == "keys.json"
    # The first sixteen digits of the SHA-256 of “new”.
    assert new == FileEntry("keys-11507a0e2f5e69d5.json", digest(b"new"), 3)
    assert (tmp_path / old.file).read_bytes() == b"old"
    assert (tmp_path / new.file).read_bytes() == b"new"


def test_a_file_that_others_name_gets_the_name_of_its_content_at_once(tmp_path: Path) -> None:
    for _ in range(2):
        entry = place(tmp_path, "keys.json", b"new", by_content=True)
        assert entry == FileEntry("keys-11507a0e2f5e69d5.json", digest(b"new"), 3)
        assert names_in(tmp_path) == {entry.file}


@pytest.mark.parametrize("data", [b"old", b"new"])
def test_bytes_that_stand_already_are_used_as_they_are(tmp_path: Path, data: bytes) -> None:
    placed = {d: place(tmp_path, "keys.json", d) for d in (b"old", b"new")}
    before = {path: path.stat().st_ino for path in tmp_path.iterdir()}
    assert place(tmp_path, "keys.json", data) == placed[data]
    assert {path: path.stat().st_ino for path in tmp_path.iterdir()} == before


def test_damage_under_a_name_that_tells_its_content_is_mended(tmp_path: Path) -> None:
    place(tmp_path, "keys.json", b"old")
    new = place(tmp_path, "keys.json", b"new")
    (tmp_path / new.file).write_bytes(b"n")
    assert place(tmp_path, "keys.json", b"new") == new
    assert (tmp_path / new.file).read_bytes() == b"new"


def test_files_of_the_manifest_before_are_kept_for_one_more_build(tmp_path: Path) -> None:
    for data in (b"one", b"two"):
        manifest = manifest_of(place(tmp_path, "a.npy", data))
        commit(tmp_path, manifest)
    first, second = tmp_path / "a.npy", tmp_path / manifest.files["a.npy"].file
    assert (first.read_bytes(), second.read_bytes()) == (b"one", b"two")
    commit(tmp_path, manifest_of(place(tmp_path, "a.npy", b"three")))
    assert not first.exists()
    assert second.read_bytes() == b"two"


def test_what_a_killed_build_left_is_cleared_and_nothing_else(tmp_path: Path) -> None:
    commit(tmp_path, manifest_of(place(tmp_path, "a.npy", b"one")))
    (tmp_path / "a-0123456789abcdef.npy").write_bytes(b"no manifest names it")
    (tmp_path / ".explainers.json.4242.part").write_bytes(b"half")
    (tmp_path / "README.md").write_text("about this folder")
    (tmp_path / "folder.json").mkdir()
    clear(tmp_path)
    assert names_in(tmp_path) == {"a.npy", "manifest.json", "README.md", "folder.json"}


def test_a_file_that_no_build_wrote_is_not_cleared(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text("{}")
    commit(tmp_path, manifest_of(place(tmp_path, "a.npy", b"one")))
    assert (tmp_path / "package.json").exists()


def test_a_file_that_the_system_holds_on_to_is_left_to_the_next_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, *, missing_ok: bool = False) -> None:
        raise PermissionError(13, "in use", str(path))

    commit(tmp_path, manifest_of(place(tmp_path, "a.npy", b"one")))
    left = tmp_path / "a-0123456789abcdef.npy"
    left.write_bytes(b"mapped by a server, on Windows")
    with monkeypatch.context() as windows:
        windows.setattr(Path, "unlink", refuse)
        clear(tmp_path)
    assert left.exists()
    clear(tmp_path)
    assert not left.exists()


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def flip_a_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


def lengthen(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")


@pytest.mark.parametrize("harm", [truncate, flip_a_bit, lengthen, Path.unlink])
@pytest.mark.parametrize(
    "name",
    [
        "explainers.json",
        "wordings.json",
        "vocabulary.json",
        "probes.npy",
        "vectors.faiss",
        "lexical-indptr.npy",
        "lexical-concepts-indptr.npy",
    ],
)
def test_a_file_that_is_not_what_was_built_is_never_read(
    small_index: Index, harm: Callable[[Path], None], name: str
) -> None:
    harm(small_index.folder / name)
    with pytest.raises(IndexDamaged, match=r"Run “gecko-qa index build”"):
        read_file(small_index.folder, small_index.manifest, name)
    with pytest.raises(IndexDamaged, match=r"Run “gecko-qa index build”"):
        map_file(small_index.folder, small_index.manifest, name)
    with pytest.raises(IndexDamaged, match=name):
        small_index.read_all()


def test_a_file_that_the_manifest_does_not_name_is_damage(small_index: Index) -> None:
    with pytest.raises(IndexDamaged, match=r"lacks its encoder\.onnx"):
        read_file(small_index.folder, small_index.manifest, "encoder.onnx")


@pytest.mark.parametrize("count", ["n_explainers", "n_passages", "n_keys"])
def test_parts_that_do_not_agree_are_damage(small_index: Index, count: str) -> None:
    counts: dict[str, Any] = {count: getattr(small_index.manifest, count) + 1}
    told = Index(small_index.folder, replace(small_index.manifest, **counts))
    with pytest.raises(IndexDamaged, match="do not agree"):
        told.read_all()


def other_content(index: Index, name: str, data: bytes) -> Index:
    """`index` with `data`, intact by its manifest, for the file `name`."""
    (index.folder / name).write_bytes(data)
    files = {**index.manifest.files, name: FileEntry(name, digest(data), len(data))}
    return Index(index.folder, replace(index.manifest, files=files), encoder=index.encoder)


@pytest.mark.parametrize("n_rows", [3, 5])
def test_probes_for_other_explainers_are_damage(small_index: Index, n_rows: int) -> None:
    # Three explainers and one row for all of them; 256 dimensions and an offset.
    assert small_index.probes.shape == (4, 257)
    file = io.BytesIO()
    np.save(file, np.zeros((n_rows, 257), dtype=np.float32))
    with pytest.raises(IndexDamaged, match=r"probes do not fit\. Run “gecko-qa index build”"):
        other_content(small_index, "probes.npy", file.getvalue()).read_all()


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("wordings.json", b"[]", "wordings"),
        ("wordings.json", b'{"phrasings": {}}', "wordings"),
        ("wordings.json", b'{"phrasings": [], "outside": []}', "wordings"),
        ("wordings.json", b'{"phrasings": {"a": 5}, "outside": []}', "wordings"),
        ("wordings.json", b"\xff", "wordings"),
        ("vocabulary.json", b"5", "vocabulary"),
        ("vocabulary.json", b"[[]]", "vocabulary"),
        ("vocabulary.json", b"[", "vocabulary"),
        ("explainers.json", b"{}x", "explainers"),
        ("vectors.faiss", b"none", "vectors"),
        ("probes.npy", b"none", "probes"),
        ("probes.npy", b"", "probes"),
        ("lexical-data.npy", b"none", "lexical index"),
        ("lexical-concepts-vocabulary.json", b"[", "lexical index"),
    ],
)
def test_content_that_no_build_writes_is_damage(
    small_index: Index, name: str, data: bytes, told: str
) -> None:
    damaged = other_content(small_index, name, data)
    with pytest.raises(IndexDamaged, match=f"{told} cannot be read. Run “gecko-qa index build”"):
        damaged.read_all()


def test_a_manifest_is_read_as_it_was_committed(tmp_path: Path) -> None:
    manifest = manifest_of(place(tmp_path, "a.npy", b"one"))
    commit(tmp_path, manifest)
    assert read_manifest(tmp_path) == manifest


def test_a_folder_without_a_manifest_holds_no_index(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match=r"no index in .*Run “gecko-qa index build”"):
        read_manifest(tmp_path / "nowhere")


@pytest.mark.parametrize("version", [1, 2, 3, 5, "two"])
def test_another_format_is_told_with_what_to_run(tmp_path: Path, version: object) -> None:
    raw = manifest_of().to_json() | {"format": version}
    (tmp_path / "manifest.json").write_text(json.dumps(raw))
    told = rf"in format {version}; this version reads format 4\. Run “gecko-qa index build”"
    with pytest.raises(IndexFormatUnknown, match=told):
        read_manifest(tmp_path)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b"{}", b"\xff\xfe", b'{"format":4}'])
def test_a_damaged_manifest_is_told(data: bytes) -> None:
    with pytest.raises(IndexDamaged, match=r"manifest is damaged. Run “gecko-qa index build”"):
        parse_manifest(data)


@pytest.mark.parametrize("key", ["encoder", "counts", "files"])
@pytest.mark.parametrize("value", [None, 5, [1], {"x": 1}])
def test_a_manifest_with_a_part_of_another_kind_is_damaged(key: str, value: object) -> None:
    raw = manifest_of().to_json() | {key: value}
    with pytest.raises(IndexDamaged):
        parse_manifest(json.dumps(raw).encode())


@pytest.mark.parametrize(
    "file", ["../x.json", "/etc/passwd", "a/b.npy", "a\\..\\..\\x", ".lock", "..", 5]
)
def test_a_manifest_that_names_a_file_outside_its_folder_is_refused(file: Any) -> None:
    raw = manifest_of(FileEntry(file, "sha256:0", 1)).to_json()
    with pytest.raises(IndexDamaged):
        parse_manifest(json.dumps(raw).encode())


@pytest.mark.parametrize("file", ["a\0b.npy", "", "a" * 300])
def test_a_name_that_no_file_can_have_is_damage(tmp_path: Path, file: str) -> None:
    raw = manifest_of(FileEntry(file, "sha256:0", 1)).to_json()
    with pytest.raises(IndexDamaged):
        read_file(tmp_path, parse_manifest(json.dumps(raw).encode()), file)


def test_an_index_is_the_same_wherever_its_files_lie() -> None:
    here = manifest_of(FileEntry("a.npy", "sha256:1", 3))
    there = manifest_of(FileEntry("a-0123456789abcdef.npy", "sha256:1", 3))
    assert here.hash == there.hash


@pytest.mark.parametrize(
    "other",
    [
        manifest_of(FileEntry("a.npy", "sha256:2", 3)),
        manifest_of(FileEntry("a.npy", "sha256:1", 3), corpus="sha256:d"),
        manifest_of(),
    ],
)
def test_an_index_of_other_content_has_another_hash(other: Manifest) -> None:
    assert other.hash != manifest_of(FileEntry("a.npy", "sha256:1", 3)).hash


def test_a_second_build_is_refused_until_the_first_ends(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "index"
    with (
        locked(folder),
        pytest.raises(DataError, match="Another build is at work"),
        locked(folder),
    ):
        pass
    with locked(folder):
        assert folder.is_dir()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DataError, match="cannot be written"), locked(tmp_path / "file"):
        pass
