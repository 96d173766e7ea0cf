"""Which Java will do is told from what it says of itself, and its absence is said in one sentence."""

import stat
from pathlib import Path

import pytest

from spark import java

WHOLE = "java.base@17.0.15\njava.sql@17.0.15\njdk.incubator.vector@17.0.15\n"


@pytest.mark.parametrize(
    ("modules", "shortcoming"),
    [
        (WHOLE, None),
        (WHOLE.replace("17.0.15", "25"), None),
        (WHOLE.replace("17.0.15", "11.0.2"), "is Java 11"),
        ("java.base@21.0.4\njava.sql@21.0.4\n", "lacks the module jdk.incubator.vector"),
        ("java.base@21.0.4\njdk.incubator.vectors@21.0.4\n", "lacks the module jdk.incubator.vector"),
        ("", "names no version"),
    ],
)
def test_version_and_module_decide(modules: str, shortcoming: str | None) -> None:
    assert java.shortcoming_of(modules) == shortcoming


def make_java(home: Path, script: str) -> Path:
    binary = home / "bin" / "java"
    binary.parent.mkdir(parents=True)
    binary.write_text(f"#!/bin/sh\n{script}\n")
    binary.chmod(binary.stat().st_mode | stat.S_IXUSR)
    return home


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without Java: nothing on the path, nothing where systems keep it."""
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    monkeypatch.setattr(java, "WHERE_SYSTEMS_KEEP_THEM", (str(tmp_path / "jvm"),))
    return tmp_path


@pytest.mark.usefixtures("elsewhere")
def test_no_java_is_one_sentence_that_says_what_to_install() -> None:
    with pytest.raises(java.JavaMissing) as missing:
        java.find()
    assert str(missing.value) == (
        "marquee spark needs Java 17 or newer: install e.g. openjdk-17-jre-headless, or set JAVA_HOME"
    )


def test_a_java_home_without_a_java_is_named(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(elsewhere / "nowhere"))
    with pytest.raises(java.JavaMissing, match=r"\(found: JAVA_HOME is .*nowhere, where there is no bin/java\)$"):
        java.find()


def test_a_java_that_will_not_do_is_named_with_the_reason(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Java 8 does not know the question.
    old = make_java(elsewhere / "java8", "echo 'Unrecognized option: --list-modules' >&2; exit 1")
    monkeypatch.setenv("JAVA_HOME", str(old))
    with pytest.raises(java.JavaMissing, match=r"\(found: .*java8 is too old or does not start\)$"):
        java.find()


def test_a_good_java_elsewhere_is_taken_when_java_home_is_too_old(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(make_java(elsewhere / "java11", "echo java.base@11.0.2")))
    good = make_java(elsewhere / "jvm" / "java-17", f"printf '{WHOLE}'".replace("\n", "\\n"))
    assert java.find() == good
