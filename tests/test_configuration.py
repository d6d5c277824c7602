"""Settings: the file, the environment and options, and where things lie."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import Cli
from hypothesis import given
from hypothesis import strategies as st

from gecko_qa import settings as settings_module
from gecko_qa.configuration import DEFAULT, FILE, NAMES, configure
from gecko_qa.errors import SettingRejected
from gecko_qa.settings import Settings


def test_without_anything_the_settings_are_the_defaults(tmp_path: Path) -> None:
    found = configure({}, {}, tmp_path)
    assert found.settings == Settings()
    assert set(found.origins.values()) == {DEFAULT}


def test_options_are_stronger_than_the_environment_and_that_than_the_file(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('corpus = "of-file"\nport = 1\nhost = "0.0.0.0"\n')
    environment = {"GECKO_QA_CORPUS": "of-environment", "GECKO_QA_PORT": "2", "HOME": "/"}
    found = configure({"corpus": Path("of-option"), "index": None}, environment, tmp_path)
    assert (found.settings.corpus, found.settings.port) == (Path("of-option"), 2)
    assert found.settings.host == "0.0.0.0"
    assert found.origins["corpus"] == "--corpus"
    assert found.origins["port"] == "GECKO_QA_PORT"
    assert found.origins["host"] == str(tmp_path / FILE)
    assert found.origins["index"] == DEFAULT


def test_paths_in_the_file_are_relative_to_it(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('corpus = "mine"\nindex = "/elsewhere"\n')
    found = configure({}, {}, tmp_path).settings
    assert (found.corpus, found.index) == (tmp_path / "mine", Path("/elsewhere"))


def test_a_tilde_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / FILE).write_text('index = "~/i"\n')
    found = configure({}, {"GECKO_QA_CORPUS": "~/c"}, tmp_path).settings
    assert (found.corpus, found.index) == (tmp_path / "c", tmp_path / "i")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("corpsu = 'x'", "unknown setting “corpsu”. Did you mean corpus?"),
        ("zzz = 1", "unknown setting “zzz”. There are: corpus, index,"),
        ("port = 'x'", "“port” has to be a whole number from 0 to 65535."),
        ("port = 65536", "“port” has to be a whole number"),
        ("port = true", "“port” has to be a whole number"),
        ("threads = 0", "“threads” has to be a whole number from 1 to 64."),
        ("host = 7", "“host” has to be text."),
        ("corpus = ''", "“corpus” has to be text."),
        ("corpus = [", "is not TOML:"),
    ],
)
def test_a_wrong_file_is_refused_with_what_to_mend(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(SettingRejected) as refused:
        configure({}, {}, tmp_path)
    assert message in str(refused.value)
    assert FILE in str(refused.value)


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("GECKO_QA_CORPS", "x", "Unknown environment variable GECKO_QA_CORPS. Did you mean"),
        ("GECKO_QA_PORT", "80x", "GECKO_QA_PORT: “port” has to be a whole number"),
        ("GECKO_QA_PORT", "9" * 30, "GECKO_QA_PORT: “port” has to be a whole number"),
        ("GECKO_QA_CORPUS", "", "GECKO_QA_CORPUS: “corpus” has to be text."),
    ],
)
def test_a_wrong_variable_is_refused_with_what_to_mend(
    tmp_path: Path, variable: str, value: str, message: str
) -> None:
    with pytest.raises(SettingRejected, match=message):
        configure({}, {variable: value}, tmp_path)


def test_origins_are_a_list_in_the_file_and_have_commas_in_the_environment(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('cors_origins = ["https://a.org", "http://localhost:8000"]\n')
    found = configure({}, {}, tmp_path)
    assert found.settings.cors_origins == ("https://a.org", "http://localhost:8000")
    assert found.shown()["cors_origins"] == "https://a.org, http://localhost:8000"
    environment = {"GECKO_QA_CORS_ORIGINS": "https://b.org, http://[::1]:81,https://b.org"}
    stronger = configure({}, environment, tmp_path).settings
    assert stronger.cors_origins == ("https://b.org", "http://[::1]:81")
    assert configure({}, {"GECKO_QA_CORS_ORIGINS": ""}, tmp_path).settings.cors_origins == ()


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "null",
        "a.org",
        "ftp://a.org",
        "https://a.org/",
        "https://a.org/path",
        "https://A.org",
        "https://user@a.org",
        "https://a.org:443",
        "http://a.org:80",
        "http://a.org:080",
        "http://a.org:65536",
        "https://*.a.org",
        "https://a.org?",
        "https://a..org",
        "https://",
        "https://a.org\n",
    ],
)
def test_what_no_browser_sends_is_no_origin(tmp_path: Path, origin: str) -> None:
    (tmp_path / FILE).write_text(f"cors_origins = [{json.dumps(origin)}]\n")
    with pytest.raises(SettingRejected, match="is no origin. Write it like https://example.org"):
        configure({}, {}, tmp_path)


@pytest.mark.parametrize("text", ["7", "{}", f"{['https://a.org'] * 101}"])
def test_what_is_no_list_of_origins_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(f"cors_origins = {text}\n")
    with pytest.raises(SettingRejected, match="has to be a list of at most 100"):
        configure({}, {}, tmp_path)


def test_the_switch_for_tracebacks_is_no_setting(tmp_path: Path) -> None:
    assert configure({}, {"GECKO_QA_DEBUG": "1"}, tmp_path).settings == Settings()


@given(
    text=st.text(max_size=60),
    environment=st.dictionaries(
        st.sampled_from([f"GECKO_QA_{name.upper()}" for name in NAMES]), st.text()
    ),
)
def test_any_file_and_environment_give_settings_or_a_clear_refusal(
    tmp_path_factory: pytest.TempPathFactory, text: str, environment: dict[str, str]
) -> None:
    folder = tmp_path_factory.getbasetemp() / "any"
    folder.mkdir(exist_ok=True)
    (folder / FILE).write_text(text, encoding="utf-8", errors="replace")
    try:
        settings = configure({}, environment, folder).settings
    except SettingRejected as refused:
        assert str(refused).endswith(".")
    else:
        assert 0 <= settings.port <= 65535


def test_each_corpus_has_an_index_and_feedback_of_its_own() -> None:
    folders = [Settings(Path("/x") / name) for name in ("corpus", "recipes", "birds")]
    assert [s.index_folder for s in folders] == [
        Path("/x/index"),
        Path("/x/recipes-index"),
        Path("/x/birds-index"),
    ]
    assert len({s.feedback_file for s in folders}) == 3
    assert folders[0].feedback_file == Path("/x/feedback.sqlite")


def test_the_packaged_corpus_is_used_where_no_other_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packaged = tmp_path / "package" / "corpus"
    packaged.mkdir(parents=True)
    monkeypatch.setattr(settings_module, "_PACKAGED_CORPUS", packaged)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    found = Settings()
    assert found.packaged
    assert found.corpus == packaged
    # Nothing is written into the package.
    for path in (found.index_folder, found.feedback_file):
        assert packaged.parent not in path.parents
    (here / "corpus").mkdir()
    assert Settings().corpus == Path("corpus")
    assert not Settings().packaged


def test_config_shows_each_setting_and_where_it_came_from(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GECKO_QA_CORPUS", "birds")
    (tmp_path / FILE).write_text("port = 8000\n")
    shown = json.loads(cli("config", "--json", "--index", "i").out)
    assert shown["corpus"] == {"value": "birds", "from": "GECKO_QA_CORPUS"}
    assert shown["port"] == {"value": 8000, "from": str(tmp_path / FILE)}
    assert shown["index"] == {"value": "i", "from": "--index"}
    assert shown["threads"] == {"value": 1, "from": DEFAULT}
    assert "corpus = birds  (GECKO_QA_CORPUS)\n" in cli("config").out


def test_every_command_takes_the_corpus_of_the_environment(
    cli: Cli, small_corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GECKO_QA_CORPUS", str(small_corpus))
    monkeypatch.chdir(tmp_path)
    assert f"{small_corpus}" in cli("check").out
    missing = cli("ask", "x")
    assert f"no index in {Settings(small_corpus).index_folder}" in missing.err


def test_a_wrong_setting_exits_with_2(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GECKO_QA_PORTS", "1")
    done = cli("config")
    assert done.code == 2
    assert "Did you mean GECKO_QA_PORT?" in done.err


@pytest.mark.parametrize("host", ["https://a.org", "a.org:80", "A.org", "a b", "", "*", "a/../b"])
def test_what_is_no_host_is_refused(tmp_path: Path, host: str) -> None:
    (tmp_path / FILE).write_text(f"hosts = [{json.dumps(host)}]\n")
    with pytest.raises(SettingRejected, match="is no host. Write it like qa.example.org"):
        configure({}, {}, tmp_path)


def test_the_settings_of_a_public_server_are_read(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(
        'workers = 2\ntrusted_proxies = ["127.0.0.1", "10.0.0.0/8", "::1"]\n'
        "log_requests = true\nquestions_per_minute = 0\n"
    )
    found = configure({}, {"GECKO_QA_LOG_QUESTIONS": "true"}, tmp_path).settings
    assert found.workers == 2
    assert found.trusted_proxies == ("127.0.0.1", "10.0.0.0/8", "::1")
    assert (found.log_requests, found.log_questions) == (True, True)
    assert found.questions_per_minute == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('trusted_proxies = ["proxy.example.org"]', "is no address"),
        ('trusted_proxies = ["10.0.0.1/8"]', "is no address"),
        ("log_requests = 1", "“log_requests” has to be true or false."),
        ("log_questions = 'yes'", "“log_questions” has to be true or false."),
        ("password = 'geheim'", "“password” has to have at least 8 characters."),
        ("workers = 0", "“workers” has to be a whole number from 1 to 64."),
        ("max_waiting = 0", "“max_waiting” has to be a whole number"),
    ],
)
def test_a_wrong_setting_of_a_public_server_is_refused(
    tmp_path: Path, text: str, message: str
) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(SettingRejected) as refused:
        configure({}, {}, tmp_path)
    assert message in str(refused.value)
    assert "geheim" not in str(refused.value)


def test_the_password_is_never_shown(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GECKO_QA_PASSWORD", "correct horse")
    settings = configure({}, {"GECKO_QA_PASSWORD": "correct horse"}, tmp_path).settings
    assert settings.password == "correct horse"
    assert "correct" not in repr(settings)
    shown = cli("config").out
    assert "password = (not shown)  (GECKO_QA_PASSWORD)\n" in shown
    assert "correct" not in shown
