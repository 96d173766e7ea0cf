"""A profile's document as TOML, which Python reads and does not write: texts, truths, lists of texts, and tables."""

import json
from collections.abc import Mapping
from typing import Any


def to_toml(document: Mapping[str, Any]) -> str:
    """The document; tables come last."""
    single = [f"{_key(key)} = {_value(value)}" for key, value in document.items() if not isinstance(value, Mapping)]
    tables = [
        "\n".join(["", f"[{_key(key)}]", *(f"{_key(name)} = {_value(one)}" for name, one in value.items())])
        for key, value in document.items()
        if isinstance(value, Mapping)
    ]
    return "\n".join([*single, *tables]) + "\n"


def _key(name: str) -> str:
    is_bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if is_bare else _value(name)


def _value(value: object) -> str:
    """JSON's texts, truths and lists are also TOML's, except that DEL must be escaped."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
