"""Large files of an index: mapped, so that every process that serves it shares them."""

from __future__ import annotations

import mmap
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from builds import Bench, rows

from gecko_qa.corpus.folder import valid_corpus
from gecko_qa.encoder.onnx import WEIGHTS
from gecko_qa.errors import IndexDamaged
from gecko_qa.files import mapped
from gecko_qa.index.build import held_index
from gecko_qa.index.load import VECTORS, Index, open_index

needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def mappings_of(path: Path) -> int:
    """How often this process has `path` mapped."""
    return sum(line.endswith(f" {path}\n") for line in Path("/proc/self/maps").open())


def assert_points_into_its_file(vectors: Any) -> None:
    """The rows lie in a mapping, which nothing can write to, and not in memory of their own."""
    (data,) = vectors.referenced_objects
    start, size = data.ctypes.data, data.size
    n_bytes = vectors.ntotal * vectors.d * 4
    assert start < int(vectors.get_xb()) <= start + size - n_bytes
    assert isinstance(data.base.obj, mmap.mmap)
    assert not data.flags.writeable


def test_a_mapped_file_is_its_bytes_and_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    path.write_bytes(b"one")
    data = mapped(path)
    assert (bytes(data), data.readonly) == (b"one", True)


def test_an_empty_file_maps_to_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert mapped(tmp_path / "empty") == b""


def test_two_indexes_of_one_folder_point_into_one_file(bench: Bench) -> None:
    bench.build()
    one, other = (open_index(bench.index, bench.corpus) for _ in range(2))
    assert np.array_equal(rows(one), rows(other))
    for index in (one, other):
        assert_points_into_its_file(index.vectors)


@needs_proc
def test_two_indexes_of_one_folder_map_one_file_of_weights(bench: Bench) -> None:
    entry = bench.build().manifest.files[WEIGHTS]
    # The table of the tiny encoder: 256 vectors of 32 numbers of 4 bytes.
    assert entry.n_bytes == 32768
    before = mappings_of(bench.index / entry.file)
    encoders = [open_index(bench.index, bench.corpus).encoder for _ in range(2)]
    assert mappings_of(bench.index / entry.file) == before + 2
    one, other = (encoder.encode_queries(["Who hugs wet leaves?"]) for encoder in encoders)
    assert np.array_equal(one, other)


def test_an_index_whose_files_are_gone_goes_on_answering(bench: Bench) -> None:
    built = bench.build()
    index = open_index(bench.index, bench.corpus)
    index.read_all()
    vectors, encoded = rows(index), index.encoder.encode_queries(["Who hugs wet leaves?"])
    for old, new in (("Mucus", "Slime"), ("Slime", "Glue")):
        bench.edit("tree-frogs", old, new)
        bench.build()
    assert not (bench.index / built.manifest.files[VECTORS].file).exists()
    shutil.rmtree(bench.index)
    assert np.array_equal(rows(index), vectors)
    assert np.array_equal(index.encoder.encode_queries(["Who hugs wet leaves?"]), encoded)


def test_vectors_outlive_the_index_that_read_them(bench: Bench) -> None:
    bench.build()
    expected = rows(open_index(bench.index, bench.corpus))
    vectors = open_index(bench.index, bench.corpus).vectors
    assert np.array_equal(vectors.reconstruct_n(0, vectors.ntotal), expected)


def test_an_index_in_memory_answers_as_one_in_a_folder_does(bench: Bench) -> None:
    bench.build()
    index = open_index(bench.index, bench.corpus)
    held = held_index(valid_corpus(bench.corpus), index)
    assert np.array_equal(rows(held), rows(index))


@pytest.mark.parametrize("place", [0, 16384, -1])
def test_weights_that_are_not_what_was_built_are_never_used(bench: Bench, place: int) -> None:
    path = bench.index / bench.build().manifest.files[WEIGHTS].file
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    with pytest.raises(IndexDamaged, match=r"weights is damaged. Run “gecko-qa index build”"):
        _ = open_index(bench.index, bench.corpus).encoder


def test_weights_that_are_missing_are_told(bench: Bench) -> None:
    (bench.index / bench.build().manifest.files[WEIGHTS].file).unlink()
    with pytest.raises(IndexDamaged, match=r"weights cannot be read: .*index build”"):
        _ = open_index(bench.index, bench.corpus).encoder


def test_a_mended_file_of_weights_changes_nothing_for_who_has_it_mapped(bench: Bench) -> None:
    """A build replaces what it finds damaged and never writes into it."""
    path = bench.index / bench.build().manifest.files[WEIGHTS].file
    index: Index = open_index(bench.index, bench.corpus)
    before = index.encoder.encode_queries(["frogs"])
    damaged = path.with_suffix(".damaged")
    damaged.write_bytes(bytes(path.stat().st_size))
    damaged.replace(path)
    bench.build()
    assert np.array_equal(index.encoder.encode_queries(["frogs"]), before)
    again = open_index(bench.index, bench.corpus).encoder.encode_queries(["frogs"])
    assert np.array_equal(again, before)
