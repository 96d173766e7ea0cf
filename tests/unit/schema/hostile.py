"""Documents that are made to hurt: small to send, large to answer, or slow to look at."""

from collections.abc import Mapping
from types import MappingProxyType


def nested(levels: int) -> str:
    """Fields in fields."""
    return "{a" * levels + "}" * levels


def doubling(fragments: int) -> str:
    """Each fragment spreads the next one twice: 20 of them, in 800 characters, stand for a million fields."""
    chain = " ".join(f"fragment F{n} on Viewer {{ ...F{n + 1} ...F{n + 1} }}" for n in range(fragments))
    return f"{{ viewer {{ ...F0 }} }} {chain} fragment F{fragments} on Viewer {{ role }}"


def circle(fragments: int) -> str:
    """Fragments that spread each other, the last one the first."""
    return "{ viewer { ...F0 } } " + " ".join(
        f"fragment F{n} on Viewer {{ ...F{(n + 1) % fragments} }}" for n in range(fragments)
    )


def chain(fragments: int) -> str:
    """Fragments that spread one another, each with a field."""
    links = " ".join(f"fragment F{n} on Viewer {{ role ...F{n + 1} }}" for n in range(fragments))
    return f"{{ viewer {{ ...F0 }} }} {links} fragment F{fragments} on Viewer {{ role }}"


def aliases(count: int) -> str:
    """One field under many names."""
    return f"{{ {' '.join(f'a{n}: dashboard {{ views }}' for n in range(count))} }}"


def directives(count: int, directive: str = "@include(if: true)") -> str:
    """One field with many directives."""
    return f"{{ viewer {{ role {' '.join([directive] * count)} }} }}"


def introspection_loop(turns: int) -> str:
    """Types, their fields, their types, their fields."""
    return "{ __schema { types " + "{ fields { type " * turns + "{ name }" + " } }" * turns + " } }"


def same_name(count: int) -> str:
    """One field, said again and again: validation compares each with each."""
    return f"{{ viewer {{ {'role ' * count} }} }}"


def literals(count: int) -> str:
    """One long list in the text of the document."""
    return f"{{ dashboard(where: {{country: {{in: [{'1 ' * count}]}}}}) {{ views }} }}"


# Name → document, and what its refusal says.
CLASSICS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "nested 5,000": (nested(5_000), "nests brackets deeper than 50 levels"),
        "nested 100,000": (nested(100_000), "longer than 20,000 characters"),
        "only braces": ("{" * 10_000, "nests brackets deeper than 50 levels"),
        "only brackets": ("{ a(b: " + "[" * 10_000, "nests brackets deeper than 50 levels"),
        "only parentheses": ("{ a" + "(" * 10_000, "nests brackets deeper than 50 levels"),
        "nested 20": (nested(20), "selects 20 levels deep; allowed are 16"),
        "doubling 20": (doubling(20), "selects more than 1,000,000 fields"),
        "doubling 150": (doubling(150), "selects more than 1,000,000 fields"),
        "circle 1": (circle(1), "F0 spreads itself"),
        "circle 100": (circle(100), "spreads itself"),
        "fields 500": (f"{{ {' '.join(f'f{n}' for n in range(500))} }}", "selects 500 fields"),
        "aliases 61": (aliases(61), "has 61 aliases"),
        "aliases 10,000": (aliases(10_000), "longer than 20,000 characters"),
        "directives 61": (directives(61), "has 61 directives"),
        "directives 10,000": (directives(10_000), "longer than 20,000 characters"),
        "unknown directives": (directives(1_000, "@no"), "more than 2,000 tokens"),
        "introspection loop": (introspection_loop(3), "nests 4 lists of the schema"),
        "introspection loop 30": (introspection_loop(30), "deeper than 50 levels"),
        "one name 61 times": (same_name(61), "repeats role 61 times"),
        "literals": (literals(3_000), "more than 2,000 tokens"),
        "commas": ("," * 100_000 + "{ viewer { role } }", "longer than 20,000 characters"),
        "comments": ("#\n" * 50_000 + "{ viewer { role } }", "longer than 20,000 characters"),
    }
)
