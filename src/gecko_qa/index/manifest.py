"""The manifest: what an index holds, and the digest of each of its files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from gecko_qa.encoder.base import EncoderCard
from gecko_qa.errors import IndexDamaged, IndexFormatUnknown
from gecko_qa.hashing import canonical_json, digest

FORMAT_VERSION = 4
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class FileEntry:
    """Where a file of the index lies in its folder, and what its bytes must be."""

    file: str
    sha256: str
    n_bytes: int


@dataclass(frozen=True)
class Manifest:
    """The index's table of contents. Writing it is what makes a build count."""

    corpus_hash: str
    encoder: EncoderCard
    n_explainers: int
    n_passages: int
    n_keys: int
    files: Mapping[str, FileEntry]

    @property
    def hash(self) -> str:
        """Identity of the index: the same for equal content, wherever its files lie."""
        content = self._content()
        content["files"] = {name: entry.sha256 for name, entry in self.files.items()}
        return digest(canonical_json(content))

    def to_json(self) -> dict[str, Any]:
        """Return the manifest as a JSON object, with the digest of the rest of it."""
        content = self._content()
        return {**content, "sha256": digest(canonical_json(content))}

    def _content(self) -> dict[str, Any]:
        return {
            "format": FORMAT_VERSION,
            "corpus": self.corpus_hash,
            "encoder": self.encoder.to_json(),
            "counts": {
                "explainers": self.n_explainers,
                "passages": self.n_passages,
                "keys": self.n_keys,
            },
            "files": {name: vars(entry) for name, entry in self.files.items()},
        }


_Made = TypeVar("_Made", Manifest, FileEntry, EncoderCard)


def parse_manifest(data: bytes) -> Manifest:
    """Read a manifest; raises IndexDamaged, or IndexFormatUnknown for another version's."""
    try:
        raw = json.loads(data)
        version = raw["format"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _damaged() from None
    if version != FORMAT_VERSION:
        raise IndexFormatUnknown(
            f"The index is in format {str(version)[:20]}; this version reads format "
            f"{FORMAT_VERSION}. Run “gecko-qa index build”."
        )
    try:
        if raw.pop("sha256", None) != digest(canonical_json(raw)):
            raise _damaged()
        files = {name: _checked(FileEntry(**entry)) for name, entry in raw["files"].items()}
        if any("/" in e.file or "\\" in e.file or e.file.startswith(".") for e in files.values()):
            raise _damaged()
        manifest = Manifest(
            corpus_hash=raw["corpus"],
            encoder=_checked(EncoderCard(**raw["encoder"])),
            n_explainers=raw["counts"]["explainers"],
            n_passages=raw["counts"]["passages"],
            n_keys=raw["counts"]["keys"],
            files=files,
        )
        return _checked(manifest)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _damaged() from None


def _checked(made: _Made) -> _Made:
    """Return `made` if each number and text of it is one; raises TypeError."""
    for field in fields(made):
        kind = {"str": str, "int": int}.get(str(field.type))
        if kind is not None and type(getattr(made, field.name)) is not kind:
            raise TypeError(field.name)
    return made


def _damaged() -> IndexDamaged:
    return IndexDamaged("The index's manifest is damaged. Run “gecko-qa index build”.")
