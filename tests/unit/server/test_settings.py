"""Settings: read from prefixed variables, each documented, and a misspelt one is an error rather than ignored."""

import re
from pathlib import Path

import pytest

from server.settings import PREFIX, Settings, read_settings
from tests.conftest import ROOT
from warehouse.errors import BadInput

DOCUMENTS = (ROOT / "README.md", ROOT / "docs" / "configuration.md")


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither a variable nor a `marquee.toml` of the machine reaches these tests."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"{PREFIX}{name}".upper(), raising=False)


def test_without_any_setting_it_serves_this_machine_only() -> None:
    settings = read_settings()
    assert (settings.host, settings.port, settings.warehouse) == ("127.0.0.1", 8000, "chdb://.marquee/warehouse")


def test_no_secret_has_a_default() -> None:
    defaults = [str(field.default) for field in Settings.model_fields.values()]
    assert not any(re.fullmatch(r"[0-9a-fA-F]{16,}", text) for text in defaults)


def test_variables_are_read_and_limits_made_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARQUEE_PORT", "9000")
    monkeypatch.setenv("MARQUEE_STATEMENT_SECONDS", "1.5")
    monkeypatch.setenv("MARQUEE_STATEMENT_MEMORY_BYTES", "1000")
    monkeypatch.setenv("MARQUEE_CLIENTS", "2")
    settings = read_settings()
    assert settings.port == 9000
    assert (settings.limits.statement_seconds, settings.limits.memory_bytes, settings.limits.clients) == (1.5, 1000, 2)


@pytest.mark.parametrize("name", [name for name, field in Settings.model_fields.items() if field.default == ()])
def test_lists_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    parts = {"origins": ("https://a.example", "https://b.example"), "oidc_roles": ("staff=viewer", "heads=admin")}
    expected = parts.get(name, ("10.1.2.3", "10.1.2.4"))
    monkeypatch.setenv(f"MARQUEE_{name.upper()}", f"{expected[0]}, {expected[1]},")
    assert getattr(read_settings(), name) == expected


def test_a_misspelt_variable_fails_and_names_those_that_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARQUEE_PROT", "9000")
    with pytest.raises(BadInput, match=r"^MARQUEE_PROT is not a setting\. Settings: .*MARQUEE_PORT"):
        read_settings()


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "0"), ("PORT", "x"), ("CLIENTS", "-1"), ("STATEMENT_SECONDS", "0"), ("BODY_BYTES", "")]
)
def test_a_value_out_of_bounds_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"MARQUEE_{name}", value)
    with pytest.raises(BadInput, match=rf"^The setting {name.lower()} is {value!r}: ") as refused:
        read_settings()
    assert str(refused.value).count("\n") == 0


def test_every_setting_has_a_description() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_the_documents_list_every_setting_in_a_table() -> None:
    lines = [line for path in DOCUMENTS if path.is_file() for line in path.read_text(encoding="utf-8").splitlines()]
    listed = {name for line in lines if line.startswith("|") for name in re.findall(r"MARQUEE_[A-Z_]+", line)}
    assert {f"{PREFIX}{name}".upper() for name in Settings.model_fields} - listed == set()


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("ORIGINS", "https://a.example, http://b.example:8080", ("https://a.example", "http://b.example:8080")),
        ("ORIGINS", "", ()),
        ("PROXIES", "127.0.0.1,10.0.0.0/8", ("127.0.0.1", "10.0.0.0/8")),
    ],
)
def test_lists_have_commas_between(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, read: tuple[str, ...]
) -> None:
    monkeypatch.setenv(f"MARQUEE_{name}", value)
    assert getattr(read_settings(), name.lower()) == read


@pytest.mark.parametrize(("name", "value"), [("ORIGINS", "https://a.example/path"), ("ORIGINS", "*"), ("PROXIES", "*")])
def test_what_is_no_origin_or_address_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"MARQUEE_{name}", value)
    with pytest.raises(BadInput, match=rf"^The setting {name.lower()} is "):
        read_settings()


@pytest.mark.parametrize("level", ["debug", "WARNING", "Error"])
def test_a_log_level_may_be_written_in_any_case(monkeypatch: pytest.MonkeyPatch, level: str) -> None:
    monkeypatch.setenv("MARQUEE_LOG_LEVEL", level)
    assert read_settings().log_level == level.lower()


def test_a_log_level_that_there_is_not_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARQUEE_LOG_LEVEL", "foo")
    with pytest.raises(BadInput, match=r"^The setting log_level is 'foo': Input should be 'debug', 'info', 'warning'"):
        read_settings()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"port = [\n", r"^marquee\.toml can't be read: Invalid value \(at end of document\)\.$"),
        (b"port = '\xff'\n", r"^marquee\.toml can't be read: 'utf-8' codec can't decode"),
        (b"prot = 1\n", r"^prot in marquee\.toml is not a setting\. Settings: .*port"),
        (b"port = 'abc'\n", r"^The setting port is 'abc': Input should be a valid integer"),
    ],
)
def test_a_file_that_is_no_settings_file_is_refused_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, sentence: str
) -> None:
    (tmp_path / "marquee.toml").write_bytes(content)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadInput, match=sentence):
        read_settings()
