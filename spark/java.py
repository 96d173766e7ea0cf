"""Finds a Java for Spark, without importing PySpark, so that a missing Java can be told from a missing package.

`python -m spark.java` prints its home, or one sentence that says what to install.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

MINIMUM = 17
# Spark starts its JVM with this module, and the trimmed runtimes that some packages carry have been built without it.
NEEDED_MODULE = "jdk.incubator.vector"
WHERE_SYSTEMS_KEEP_THEM = ("/usr/lib/jvm", "/opt/java", "/Library/Java/JavaVirtualMachines")
_BASE = re.compile(r"^java\.base@(\d+)", re.MULTILINE)


class JavaMissing(Exception):
    """There is no suitable Java; the message says what to install."""


def find() -> Path:
    """The home of the first Java that will do: `JAVA_HOME`, then the one on the path, then where systems keep them.

    Raises: JavaMissing.
    """
    seen = [sentence] if (sentence := unusable_java_home()) else []
    for home in _candidates():
        shortcoming = _shortcoming(home)
        if shortcoming is None:
            return home
        seen.append(f"{home} {shortcoming}")
    found = f" (found: {'; '.join(seen)})" if seen else ""
    raise JavaMissing(
        f"marquee spark needs Java {MINIMUM} or newer: install e.g. openjdk-17-jre-headless, or set JAVA_HOME{found}"
    )


def unusable_java_home() -> str:
    """What is wrong with the folder that JAVA_HOME names, if no Java is in it; '' otherwise."""
    named = os.environ.get("JAVA_HOME", "")
    if not named or (Path(named) / "bin" / "java").is_file():
        return ""
    return f"JAVA_HOME is {named}, where there is no bin/java"


def _candidates() -> Iterator[Path]:
    homes = [Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
    on_path = shutil.which("java")
    if on_path is not None:
        homes.append(Path(on_path).resolve().parent.parent)
    for folder in map(Path, WHERE_SYSTEMS_KEEP_THEM):
        homes.extend(sorted(home.resolve() for home in [*folder.glob("*"), *folder.glob("*/Contents/Home")]))
    return (home for home in dict.fromkeys(homes) if (home / "bin" / "java").is_file())


def _shortcoming(home: Path) -> str | None:
    """Why this Java can't run Spark; None if it can."""
    command = [str(home / "bin" / "java"), "--list-modules"]
    try:
        modules = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return "is too old or does not start"  # Java 8 knows no modules, and fails at the question
    return shortcoming_of(modules)


def shortcoming_of(modules: str) -> str | None:
    """Why a Java that answers `--list-modules` with this text can't run Spark; None if it can."""
    base = _BASE.search(modules)
    if base is None or int(base[1]) < MINIMUM:
        return f"is Java {base[1]}" if base else "names no version"
    if not re.search(rf"^{re.escape(NEEDED_MODULE)}@", modules, re.MULTILINE):
        return f"lacks the module {NEEDED_MODULE}"
    return None


if __name__ == "__main__":
    try:
        sys.stdout.write(f"{find()}\n")
    except JavaMissing as missing:
        sys.exit(str(missing))
