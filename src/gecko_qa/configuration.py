"""Settings from gecko-qa.toml, the environment and options, each stronger than the one before."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from ipaddress import ip_network
from pathlib import Path

from gecko_qa.errors import SettingRejected
from gecko_qa.files import read_bounded
from gecko_qa.payload import did_you_mean
from gecko_qa.settings import Settings

FILE = "gecko-qa.toml"
PREFIX = "GECKO_QA_"
MAX_FILE_BYTES = 64 * 1024
MAX_CHARS = 4096
MAX_DIGITS = 16
DEFAULT = "default"
NAMES = tuple(field.name for field in fields(Settings))
_PATHS = frozenset(("corpus", "index", "feedback"))
MAX_LISTED = 100
_NUMBERS: Mapping[str, range] = {
    "threads": range(1, 65),
    "port": range(65536),
    "feedback_bytes": range(64 * 1024, 2**40),
    "workers": range(1, 65),
    "questions_per_minute": range(100_001),
    "max_waiting": range(1, 10_001),
    "timeout_seconds": range(1, 601),
}
_BOOLEANS = frozenset(("log_requests", "log_questions"))
_AS_TEXT = {"true": True, "false": False}
MIN_PASSWORD_CHARS = 8
_HIDDEN = "(not shown)"
_HOST = re.compile(
    r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*|\[[0-9a-f:.]+\]"
)
_ORIGIN = re.compile(rf"(?P<scheme>https?)://(?:{_HOST.pattern})(?::(?P<port>[0-9]{{1,5}}))?")
# Known to other parts of the program, and no settings.
_OTHER_VARIABLES = ("GECKO_QA_DEBUG",)


@dataclass(frozen=True)
class Configured:
    """Settings, and where each came from: `DEFAULT`, the file, a variable or an option."""

    settings: Settings
    origins: Mapping[str, str]

    def shown(self) -> dict[str, str | int | None]:
        """Return each setting as text, a number or None, folders as they are used, no password."""
        told = {name: getattr(self.settings, name) for name in NAMES}
        told |= {"index": self.settings.index_folder, "feedback": self.settings.feedback_file}
        told |= {name: ", ".join(told[name]) for name in _LISTS}
        told |= {"password": self.settings.password and _HIDDEN}
        return {name: str(v) if isinstance(v, Path) else v for name, v in told.items()}


def configure(
    options: Mapping[str, object], environment: Mapping[str, str], folder: Path
) -> Configured:
    """Return the settings that hold in `folder`; None among `options` stands for nothing given.

    Options are stronger than the environment, and that than the file `gecko-qa.toml` of `folder`,
    whose paths are relative to it. Raises SettingRejected, with what to mend, and DataError where
    the file cannot be read.
    """
    values: dict[str, object] = {}
    origins = dict.fromkeys(NAMES, DEFAULT)
    given = (
        *_from_file(folder / FILE),
        *_from_environment(environment),
        *((name, value, _flag(name)) for name, value in options.items() if value is not None),
    )
    for name, value, origin in given:
        values[name] = _read(name, value, origin)
        origins[name] = origin
    return Configured(Settings(**values), origins)  # type: ignore[arg-type]


def _from_file(path: Path) -> Iterator[tuple[str, object, str]]:
    if not path.is_file():
        return
    try:
        raw = tomllib.loads(read_bounded(path, MAX_FILE_BYTES).decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingRejected(f"{path} is not TOML: {error}. Mend it.") from None
    for key, value in raw.items():
        if key not in NAMES:
            raise SettingRejected(
                f"{path}: unknown setting “{key[:40]}”.{did_you_mean(key, NAMES)}"
            )
        if key in _PATHS and isinstance(value, str) and value:
            yield key, str(path.parent / Path(value).expanduser()), str(path)
        else:
            yield key, value, str(path)


def _from_environment(environment: Mapping[str, str]) -> Iterator[tuple[str, object, str]]:
    variables = {PREFIX + name.upper(): name for name in NAMES}
    for variable, value in sorted(environment.items()):
        if not variable.startswith(PREFIX) or variable in _OTHER_VARIABLES:
            continue
        if variable not in variables:
            offer = did_you_mean(variable, (*variables, *_OTHER_VARIABLES))
            raise SettingRejected(f"Unknown environment variable {variable[:60]}.{offer}")
        yield variables[variable], value, variable


def _read(name: str, value: object, origin: str) -> object:
    """Return `value` as the setting `name` has it."""
    if name in _NUMBERS:
        return _number(name, value, origin)
    if name in _LISTS:
        return _list(name, value, origin)
    if name in _BOOLEANS:
        return _boolean(name, value, origin)
    if isinstance(value, Path):
        return value
    if not isinstance(value, str) or not value or len(value) > MAX_CHARS or "\0" in value:
        raise SettingRejected(f"{origin}: “{name}” has to be text. Mend it.")
    if name == "password" and len(value) < MIN_PASSWORD_CHARS:
        raise SettingRejected(
            f"{origin}: “{name}” has to have at least {MIN_PASSWORD_CHARS} characters."
        )
    return Path(value).expanduser() if name in _PATHS else value


def _boolean(name: str, value: object, origin: str) -> bool:
    value = _AS_TEXT.get(value, value) if isinstance(value, str) else value
    if not isinstance(value, bool):
        raise SettingRejected(f"{origin}: “{name}” has to be true or false.")
    return value


def _number(name: str, value: object, origin: str) -> int:
    allowed = _NUMBERS[name]
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < MAX_DIGITS:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or value not in allowed:
        raise SettingRejected(
            f"{origin}: “{name}” has to be a whole number from {allowed.start} to "
            f"{allowed.stop - 1}."
        )
    return value


def _list(name: str, value: object, origin: str) -> tuple[str, ...]:
    """Return what `value`, a list or text with commas, names."""
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    if not isinstance(value, list | tuple) or len(value) > MAX_LISTED:
        raise SettingRejected(f"{origin}: “{name}” has to be a list of at most {MAX_LISTED}.")
    fits, mend = _LISTS[name]
    for item in value:
        if not isinstance(item, str) or not fits(item):
            raise SettingRejected(f"{origin}: “{str(item)[:80]}” {mend}")
    return tuple(dict.fromkeys(value))


def _is_origin(text: str) -> bool:
    """Tell whether `text` is what a browser sends: a usual port, for one, it leaves out."""
    found = _ORIGIN.fullmatch(text)
    if found is None:
        return False
    scheme, port = found["scheme"], found["port"]
    usual = {"http": "80", "https": "443"}[scheme]
    return port is None or (port != usual and port[0] != "0" and int(port) in _NUMBERS["port"])


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _is_host(text: str) -> bool:
    return _HOST.fullmatch(text) is not None


def _is_network(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return False
    return True


_ORIGINS = (
    _is_origin,
    "is no origin. Write it like https://example.org or http://localhost:8000, in small "
    "letters and without a path.",
)
_LISTS: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "cors_origins": _ORIGINS,
    "frame_ancestors": _ORIGINS,
    "hosts": (
        _is_host,
        "is no host. Write it like qa.example.org, in small letters and without a port.",
    ),
    "trusted_proxies": (
        _is_network,
        "is no address. Write it like 127.0.0.1 or 10.0.0.0/8.",
    ),
}
