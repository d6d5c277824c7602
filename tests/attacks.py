"""What an attacker sends: addresses, values, headers and raw requests, and what none may bring."""

from __future__ import annotations

import http.client
import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from markup import Node

SECRET = "canary-7f3e9c"
"""What stands in a file that nobody may see."""
HIDDEN = "hidden-51a0b4"
"""What its path holds, which a reply may repeat to who sent it."""
SITE_OF_THE_ATTACKER = "evil.example"
_LEAKS = (SECRET, "Traceback", "site-packages", 'File "', str(Path(__file__).resolve().parent))
_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
}

# Addresses. {file} is a file of the disk, from its root on; {url} an address that would be fetched.

_DOTS = ("..", "%2e%2e", "%252e%252e", "..%2f..", "..%5c..", "%c0%ae%c0%ae", "....//", "%u002e.")
_FOLDERS = ("assets", "static", "gecko", "explainers", "define", "svelte", "gradio_api/file=x")
ADDRESSES = (
    *(f"/{folder}/{dots}/{dots}/{dots}{{file}}" for folder in _FOLDERS for dots in _DOTS),
    *(f"/{folder}/{{file}}" for folder in _FOLDERS),
    *(f"/{folder}/%2f{{file}}" for folder in _FOLDERS),
    *(f"/{folder}/file:%2f%2f{{file}}" for folder in _FOLDERS),
    *(f"/{folder}/{{file}}%00.js" for folder in _FOLDERS),
    *(f"/{folder}/{'a' * 300}" for folder in _FOLDERS),
    *(f"/{folder}/{'a/' * 3000}" for folder in _FOLDERS),
    *(f"/{folder}/." for folder in _FOLDERS),
    "/file={file}",
    "/file/{file}",
    "/gradio_api/file={file}",
    "/gradio_api/file%3D{file}",
    "/gradio_api/file/{file}",
    "/gradio_api//file={file}",
    "/gradio_api/./file={file}",
    "/Gradio_api/file={file}",
    "/gradio_api/file={url}",
    "/gradio_api/file=file://{file}",
    "/gradio_api/file=//{file}",
    "/gradio_api/proxy={url}",
    "/proxy={url}",
    "/gradio_api/run/predict/../../file={file}",
    "/gradio_api/run/predict/",
    "/gradio_api/run/ask",
    "/gradio_api/api/predict",
    "/gradio_api/call/ask",
    "/gradio_api/heartbeat/{file}",
    "/gradio_api/component_server",
    "/gradio_api/stream/a/b/{file}",
    "/?deep_link={file}",
    "/?deep_link=abc",
    "/?page=none",
    "/?page={file}",
    "/?__theme=dark&__sign=x&view=api",
    "/config?deep_link={file}&page=none",
    "/theme.css?v={file}",
    "/gecko/chat.css?file={file}",
    "/define?term={file}",
    "/define?term={url}",
    "/api/v1/ask?q={url}",
    "/api/v1/explainers/{file}",
    "/api/v1/explainers/..%2f..%2f{file}",
    "/api/v1/define/{url}",
    "/api/v1/../../gradio_api/file={file}",
    "/widget.js/..{file}",
    "/widget.js?callback=alert",
    "/metrics/..{file}",
    "/mcp/../gradio_api/file={file}",
    "//evil.example/",
    "/\\evil.example/",
    "/;/gradio_api/info",
    "/%2e/gradio_api/info",
    "/config/",
    "/.env",
    "/.git/config",
    "/server-status",
)

# Values that name a file or an address, in every shape that Gradio has known.


def files_of(file: str, url: str) -> list[Any]:
    meta = {"_type": "gradio.FileData"}
    one = {"path": file, "meta": meta}
    return [
        one,
        [one],
        {"a": {"b": [one]}},
        {"path": url, "url": url, "meta": meta},
        {"path": file, "url": url, "orig_name": "a.txt", "meta": meta, "is_stream": True},
        {"path": None, "url": url, "meta": meta},
        {"path": file, "url": None, "size": 1, "mime_type": "text/plain"},
        {"path": file},
        {"name": file, "is_file": True, "data": None},
        {"name": file, "orig_name": file, "is_file": True},
        {"data": "data:text/plain;base64,YQ==", "name": file},
        {"url": url},
        {"video": one, "subtitles": one},
        {"files": [one], "text": "What is RLHF?"},
        {"image": one, "annotations": [[one, "x"]]},
        {"composite": one, "layers": [one], "background": one},
        {"root": [one]},
        {"role": "user", "content": one},
        [{"role": "user", "content": {"file": one, "alt_text": None}}],
        [[{"file": one}, {"file": one}]],
        [{"role": "assistant", "content": {"component": "file", "value": one, "props": {}}}],
        {"__type__": "update", "value": one},
        {"component": "gallery", "constructor_args": {"value": [file]}},
        {"meta": meta, "path": {"path": file, "meta": meta}},
        {"path": [file], "meta": meta},
        f"file://{file}",
        f"@{file}",
        f"![x]({url})",
        f'<img src="{url}">',
        f'<iframe src="file://{file}">',
        '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>',
        "{{ config }} {% include '/etc/passwd' %} ${7*7} #{7*7}",
        "$(cat /etc/passwd) `id` | id ; id && id",
        "' OR 1=1 --",
    ]


# Headers that name another place, or ask for more than there is.

FORWARDED = (
    ("X-Forwarded-Host", SITE_OF_THE_ATTACKER),
    ("X-Forwarded-Host", f"{SITE_OF_THE_ATTACKER}</script><script>alert(1)</script>"),
    ("X-Forwarded-Server", SITE_OF_THE_ATTACKER),
    ("X-Forwarded-Prefix", f"/{SITE_OF_THE_ATTACKER}"),
    ("X-Forwarded-For", SITE_OF_THE_ATTACKER),
    ("X-Forwarded-Proto", f"https://{SITE_OF_THE_ATTACKER}"),
    ("X-Forwarded-Port", f"1@{SITE_OF_THE_ATTACKER}"),
    ("Forwarded", f"host={SITE_OF_THE_ATTACKER};for={SITE_OF_THE_ATTACKER}"),
    ("X-Gradio-Server", f"http://{SITE_OF_THE_ATTACKER}/"),
    ("X-Gradio-Server", "http://[none"),
    ("X-Direct-Url", f"http://{SITE_OF_THE_ATTACKER}/"),
    ("X-Original-URL", "/gradio_api/info"),
    ("X-Rewrite-URL", "/gradio_api/info"),
    ("X-HTTP-Method-Override", "DELETE"),
    ("Origin", f"https://{SITE_OF_THE_ATTACKER}"),
    ("Origin", "null"),
    ("Referer", f"https://{SITE_OF_THE_ATTACKER}/"),
    ("Cookie", f"session={SITE_OF_THE_ATTACKER}; access-token-unsecure=x"),
    ("Authorization", "Basic eDp5"),
    ("Range", "bytes=" + ",".join(f"{n}-{n + 1}" for n in range(500))),
    ("Range", "bytes=9-1"),
    ("If-None-Match", '"' * 5000),
    ("If-Modified-Since", "never"),
    ("Accept-Encoding", "gzip, br, zstd, x-" + "a" * 5000),
    ("Content-Encoding", "gzip"),
    ("Traceparent", "00-" + "f" * 32 + "-" + "f" * 16 + "-01"),
)

# Requests as bytes, and the statuses that may answer them, first to last.

_HOST = b"Host: 127.0.0.1\r\n"
_END = b"Connection: close\r\n\r\n"


def _get(target: bytes, *headers: bytes) -> bytes:
    return b"GET " + target + b" HTTP/1.1\r\n" + _HOST + b"".join(headers) + _END


def _post(*headers: bytes, body: bytes = b"") -> bytes:
    head = b"POST /feedback HTTP/1.1\r\n" + _HOST + b"".join(h + b"\r\n" for h in headers)
    return head + b"\r\n" + body


_NEXT = _get(b"/healthz")
RAW: dict[str, tuple[bytes, list[int]]] = {
    "two lengths, one in chunks": (
        _post(b"Content-Length: 5", b"Transfer-Encoding: chunked", body=b"0\r\n\r\n" + _NEXT),
        [400],
    ),
    "two lengths": (_post(b"Content-Length: 0", b"Content-Length: 9", body=_NEXT), [400]),
    "a length with a sign": (_post(b"Content-Length: +0", body=_NEXT), [400]),
    "a length below none": (_post(b"Content-Length: -1", body=_NEXT), [400]),
    "a length beyond all": (_post(b"Content-Length: 99999999999"), [413]),
    "a length, and leave to send it": (
        _post(b"Content-Length: 99999999", b"Expect: 100-continue"),
        [413],
    ),
    "an encoding that is not known": (_post(b"Transfer-Encoding: xchunked", body=_NEXT), [400]),
    "an encoding twice": (
        _post(b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity", body=_NEXT),
        [400],
    ),
    "a space before the colon": (_post(b"Transfer-Encoding : chunked", body=_NEXT), [400]),
    "a chunk below none": (
        _post(b"Transfer-Encoding: chunked", b"Connection: close", body=b"-1\r\n\r\n" + _NEXT),
        [400],
    ),
    "no host": (b"GET / HTTP/1.1\r\n\r\n", [400]),
    "two hosts": (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", [400]),
    "a host that is none": (b"GET / HTTP/1.1\r\nHost: [\r\n" + _END, [200]),
    "a host that is a script": (
        b"GET / HTTP/1.1\r\nHost: x</script><script>alert(1)</script>\r\n" + _END,
        [200],
    ),
    "a host that is no text": (b"GET /config HTTP/1.1\r\nHost: \xff\xfe\r\n" + _END, [200]),
    "an address in full": (_get(b"http://evil.example/explainers"), [404]),
    "an address that is a host": (_get(b"evil.example"), [404]),
    "a path that is no ASCII": (_get(b"/explainers/\xff\xfe"), [400]),
    "a tab for a space": (b"GET\t/healthz\tHTTP/1.1\r\n" + _HOST + _END, [400]),
    "a zero in a header": (_get(b"/", b"X: a\0b\r\n"), [400]),
    "a header without end": (_get(b"/", b"X: " + b"a" * 200_000 + b"\r\n"), [400]),
    "an address without end": (_get(b"/define/" + b"a" * 200_000), [400]),
    "many headers": (_get(b"/healthz", *(b"X%d: a\r\n" % n for n in range(2000))), [200]),
    "HTTP 0.9": (b"GET /healthz\r\n\r\n", [400]),
    "HTTP 1.0": (b"GET /healthz HTTP/1.0\r\n\r\n", [200]),
    "HTTP 2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [404, 400]),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 64 + b"\r\n\r\n", [400]),
    "an upgrade to HTTP 2": (
        b"GET /healthz HTTP/1.1\r\n" + _HOST + b"Connection: Upgrade, HTTP2-Settings, close\r\n"
        b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n",
        [200],
    ),
    "CONNECT": (b"CONNECT evil.example:443 HTTP/1.1\r\n" + _HOST + _END, [404]),
    "OPTIONS of all": (b"OPTIONS * HTTP/1.1\r\n" + _HOST + _END, [404]),
    "TRACE": (b"TRACE / HTTP/1.1\r\n" + _HOST + b"X: canary-7f3e9c\r\n" + _END, [405]),
    "no method of HTTP": (b"BREW / HTTP/1.1\r\n" + _HOST + _END, [405]),
    "a pipeline": ((b"GET /healthz HTTP/1.1\r\n" + _HOST + b"\r\n") * 20 + _NEXT, [200] * 21),
}


def sent_raw(port: int, request: bytes) -> bytes:
    """Send `request` and return all that comes until the server ends, however it does."""
    got = b""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        try:
            connection.sendall(request)
            while part := connection.recv(65536):
                got += part
        except ConnectionError:
            pass
    return got


def replies_in(got: bytes) -> list[int]:
    """Return the statuses of the replies in `got`, in order."""
    lines = [line for line in got.split(b"\r\n") if b"HTTP/1.1 " in line]
    return [int(line.rpartition(b"HTTP/1.1 ")[2][:3]) for line in lines]


# What no reply may hold, and what none may do


def assert_nothing_leaks(reply: Any) -> None:
    """A reply has our headers, none that opens it to another site, and nothing of the server."""
    assert reply.status_code < 500, reply.text
    assert_guarded(reply)
    told = f"{reply.text}\n{reply.headers}"
    for leak in _LEAKS:
        assert leak not in told, leak


def assert_guarded(reply: Any) -> None:
    for name, value in _HEADERS.items():
        assert reply.headers.get_list(name) == [value], name
    assert "frame-ancestors 'none'" in reply.headers["content-security-policy"]
    for name in reply.headers:
        assert not name.startswith("access-control-")
        assert name != "set-cookie"


@dataclass
class Watch:
    """What this process opened and where it connected to, by address or by name."""

    opened: list[str] = field(default_factory=list)
    connected: list[str] = field(default_factory=list)

    def assert_clean(self) -> None:
        assert not [path for path in self.opened if HIDDEN in path or path == "/etc/passwd"]
        assert self.connected == []


_watches: list[Watch] = []
_hooked: list[bool] = []


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    for watch in _watches:
        if event == "open":
            path = arguments[0]
            if isinstance(path, str | bytes | os.PathLike):
                watch.opened.append(os.fsdecode(path))
        elif event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname"}:
            # A loop's connection with itself has no address.
            watch.connected.append(repr(arguments[1:]))


@contextmanager
def watching() -> Iterator[Watch]:
    """Note what is opened and connected to, whichever library does it."""
    if not _hooked:
        _hooked.append(True)
        # One cannot be taken away again.
        sys.addaudithook(_note)
    watch = Watch()
    _watches.append(watch)
    try:
        yield watch
    finally:
        _watches.remove(watch)


def raw_json(value: object) -> bytes:
    """Return `value` as JSON, halves of characters and all."""
    return json.dumps(value).encode("ascii")


def alive(port: int) -> bool:
    """Tell whether the server still answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/healthz")
    status = connection.getresponse().status
    connection.close()
    return status == 200


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found = [Node("")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(Node(tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.found[-1].children.append(data)


def elements_of(html: str) -> list[Node]:
    """Return the elements of `html`, whether they end or not, each with the text after its tag."""
    parser = _Elements()
    parser.feed(html)
    parser.close()
    return parser.found
