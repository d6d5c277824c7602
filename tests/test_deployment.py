"""What stands in deploy/, the Dockerfile and docs/operations.md fits the program and each other."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
import yaml
from commands import Cli

from gecko_qa.configuration import configure
from gecko_qa.edges.api.metrics import Metrics
from gecko_qa.feedback.feedback import Feedback
from gecko_qa.feedback.store import FeedbackStore
from gecko_qa.payload import MAX_BODY_BYTES
from gecko_qa.settings import Settings

REPOSITORY = Path(__file__).resolve().parent.parent
DEPLOY = REPOSITORY / "deploy"


def text(name: str) -> str:
    return (REPOSITORY / name).read_text(encoding="utf-8")


DOC = text("docs/operations.md")
DOCKERFILE = text("Dockerfile")
NGINX = text("deploy/nginx.conf")
CADDY = text("deploy/Caddyfile")
LINES = [
    line
    for block in re.findall(r"^```sh\n(.*?)^```", DOC, re.DOTALL | re.MULTILINE)
    for line in block.replace("\\\n", " ").splitlines()
]
COMMANDS = [words[1:] for line in LINES if (words := shlex.split(line))[0].endswith("/gecko-qa")]


def settings_of_the_server() -> Settings:
    return configure({}, {}, DEPLOY).settings


def unit() -> dict[str, str]:
    """Return the settings of the service; of one that is there several times, the last."""
    parser = configparser.RawConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[method-assign,assignment]
    parser.read_string(text("deploy/gecko-qa.service"))
    return dict(parser["Service"])


def seconds(name: str, of: str) -> int:
    (value,) = re.findall(rf"^\s*{name} (\d+)s;?$", of, re.MULTILINE)
    return int(value)


def test_everything_speaks_of_one_port() -> None:
    port = settings_of_the_server().port
    front_matter = yaml.safe_load(text("README.md").split("---")[1])
    assert front_matter["sdk"] == "docker"
    told = [
        str(front_matter["app_port"]),
        *re.findall(r"127\.0\.0\.1:(\d+)", NGINX + CADDY + DOCKERFILE + DOC),
        *re.findall(r"EXPOSE (\d+)", DOCKERFILE),
        *re.findall(r"GECKO_QA_PORT=(\d+)", DOCKERFILE),
    ]
    assert set(told) == {str(port)}
    assert len(told) >= 7


def test_the_proxies_are_those_that_the_server_trusts() -> None:
    settings = settings_of_the_server()
    assert settings.trusted_proxies == ("127.0.0.1",)
    assert settings.host == "127.0.0.1"
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in NGINX
    (name,) = settings.hosts
    for told in (NGINX, CADDY, DOC):
        assert name in told


def test_the_proxies_take_what_the_server_takes_and_wait_longer() -> None:
    settings = settings_of_the_server()
    assert f"client_max_body_size {MAX_BODY_BYTES // 1024}k;" in NGINX
    assert seconds("proxy_read_timeout", NGINX) > settings.timeout_seconds
    assert seconds("response_header_timeout", CADDY) > settings.timeout_seconds
    assert int(unit()["TimeoutStopSec"]) > settings.timeout_seconds


def test_the_unit_may_write_where_the_settings_put_feedback_and_nowhere_else() -> None:
    settings, service = settings_of_the_server(), unit()
    assert settings.feedback_file.parent == Path("/var/lib") / service["StateDirectory"]
    assert service["ProtectSystem"] == "strict"
    assert "ReadWritePaths" not in service
    assert Path(service["ExecStart"].split()[0]).parents[2] == settings.corpus.parent
    for line in (
        f"> {service['WorkingDirectory']}/gecko-qa.toml",
        "systemctl enable --now gecko-qa",
    ):
        assert line in DOC


def test_the_image_is_set_as_the_program_reads_it_and_copies_what_there_is(tmp_path: Path) -> None:
    variables = dict(re.findall(r"(GECKO_QA_\w+)=(\S+)", DOCKERFILE))
    settings = configure({}, variables, tmp_path).settings
    assert (settings.host, settings.index_folder) == ("0.0.0.0", Path("/opt/index"))
    assert f"--owner gecko-qa {settings.feedback_file.parent}" in DOCKERFILE
    copied = [
        source
        for sources in re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.MULTILINE)
        for source in sources.split()
    ]
    let_in = [line[1:] for line in text(".dockerignore").splitlines() if line.startswith("!")]
    assert {source for source in copied if not source.startswith(tuple(let_in))} == set()
    assert {name for name in let_in if not any(s.startswith(name) for s in copied)} == set()
    missing = [s for s in copied if not (REPOSITORY / s).exists()]
    assert missing == []


def test_variables_of_the_guide_are_settings(tmp_path: Path) -> None:
    named = dict(re.findall(r"(GECKO_QA_[A-Z_]+)=([\w./-]+)", DOC))
    assert {"GECKO_QA_TRUSTED_PROXIES", "GECKO_QA_HOSTS"} <= set(named)
    configure({}, named, tmp_path)


def test_the_guide_tells_defaults_as_they_are() -> None:
    settings = Settings()
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \|", DOC, re.MULTILINE)
    assert len(rows) == 12
    for name, told in rows:
        value = getattr(settings, name)
        assert told == (str(value).lower() if value not in (None, ()) else "none"), name


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_the_commands_of_the_guide_exist_with_their_options(words: list[str], cli: Cli) -> None:
    names = [word for word in words if not word.startswith(("-", "/"))]
    done = cli(*names, "--help")
    assert done.code == 0
    assert [w for w in words if w.startswith("--") and w not in done.out] == []


def test_the_files_that_the_guide_copies_are_there() -> None:
    named = re.findall(r"/opt/gecko-qa/(deploy/[\w.-]+)", " ".join(LINES))
    assert len(named) == 4
    assert [name for name in named if not (REPOSITORY / name).is_file()] == []


def test_alerts_are_about_figures_that_there_are() -> None:
    rules = yaml.safe_load(text("deploy/alerts.yaml"))["groups"][0]["rules"]
    metrics = Metrics()
    metrics.replied("/api/v1/ask", 200, 0.1)
    metrics.answered("answered")
    told, _ = metrics.text()
    named = {name for rule in rules for name in re.findall(r"gecko_qa_\w+", rule["expr"])}
    assert len(named) == 3
    assert {name for name in named if f"\n{name}{{" not in told} == set()


def test_a_copy_of_the_feedback_is_whole_and_comes_back(tmp_path: Path) -> None:
    if shutil.which("sqlite3") is None:
        pytest.skip("sqlite3 is not installed")
    store = FeedbackStore(tmp_path / "feedback.sqlite", 1024 * 1024)
    store.append(Feedback(date(2026, 3, 4), "wanted", "How do I cook rice?", "not_covered", "1"))
    for line in LINES:
        if line.startswith("sqlite3 "):
            moved = re.sub(r"/var/(lib/gecko-qa|backups)", str(tmp_path), line)
            done = subprocess.run(["sh", "-ec", moved], capture_output=True, text=True, check=True)
    assert done.stdout == "ok\n"
    copy = FeedbackStore(tmp_path / "gecko-qa-feedback.sqlite", 1024 * 1024)
    assert list(copy.read()) == list(store.read())
