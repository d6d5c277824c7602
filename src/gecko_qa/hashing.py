"""Identity: canonical JSON and tagged SHA-256 digests."""

from __future__ import annotations

import hashlib
import json


def canonical_json(value: object) -> bytes:
    """Return `value` as UTF-8 JSON with sorted keys and no spaces: equal values, equal bytes."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8")


def short_hash(value: object, n_chars: int) -> str:
    """Return the first `n_chars` hexadecimal characters of the digest of `value` as JSON."""
    return digest(canonical_json(value)).split(":")[1][:n_chars]


def digest(data: bytes | memoryview | str) -> str:
    """Return `sha256:` and the hexadecimal digest of `data` (text as UTF-8)."""
    raw = data.encode("utf-8") if isinstance(data, str) else data
    return "sha256:" + hashlib.sha256(raw).hexdigest()
