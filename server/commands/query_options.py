"""The options of `marquee query NAME`: the variables of an operation or the parameters of a question, and a filter's
fields. What they mean is decided where the same names come by HTTP.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import orjson
from graphql import GraphQLInputObjectType

from server.answering.published_operations import Operation
from server.answering.questions_in_parameters import Question, conditions, filters_in, known_name, where_of
from server.commands.exit_codes import WrongUsage
from server.commands.exported_schema import exported_schema

# Options of `marquee query` itself, which may be misspelt too.
_OWN = ("format", "output", "role", "explain", "raw", "url", "token", "help")
_WHERE = "where"


@dataclass(frozen=True)
class QueryOptions:
    """The options of one operation or question; `filters` is the input that `where` takes."""

    name: str
    variables: Sequence[str]
    filters: GraphQLInputObjectType | None = None

    @property
    def filter_names(self) -> list[str]:
        """The fields of the filter that are options: those with the name of no variable."""
        names = filters_in(self.filters) if self.filters else []
        return [name for name in names if name not in self.variables]

    def texts(self, given: Mapping[str, str]) -> dict[str, str]:
        """What was given as variables alone: conditions become one `where`.

        Raises: WrongUsage for an option of another name, with the one that may be meant.
        """
        names = {_bare(name): name for name in (*self.variables, *self.filter_names)}
        found: dict[str, str] = {}
        for written, text in given.items():
            name = names.get(_bare(written))
            if name is None:
                raise self._unknown(written)
            if name in found:
                raise WrongUsage(f"{option(name)} is given twice. Several values of one filter: {option(name)} a,b")
            found[name] = text
        pairs = [(name, found.pop(name)) for name in self.filter_names if name in found]
        return {**found, **self._where(found.get(_WHERE), pairs)}

    def _where(self, text: str | None, pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
        text = None if text == "null" else text
        if self.filters is None or (text is None and not pairs):
            return {}
        parts = []
        if text is not None:
            parts.append(where_of(self.filters, text, self._known))
        if pairs:
            parts.append(conditions(self.filters, pairs, self._known))
        if len(parts) > 1 and "and" not in self.filters.fields:
            raise WrongUsage(f"Give either --where or {', '.join(option(name) for name, _ in pairs)}, not both.")
        return {_WHERE: orjson.dumps(parts[0] if len(parts) == 1 else {"and": parts}).decode()}

    def _known(self, name: str, names: Sequence[str], kind: str) -> str:
        return known_name(self.name, name, names, kind)

    def _unknown(self, name: str) -> WrongUsage:
        known = [option(one) for one in (*self.variables, *self.filter_names)]
        near = get_close_matches(option(name), [*known, *(f"--{one}" for one in _OWN)], n=1)
        meant = f" Did you mean {near[0]}?" if near else ""
        return WrongUsage(
            f"{self.name} has no option {option(name)[:60]}.{meant} It has: {', '.join(known) or 'none'}."
        )


def options_of(asked: Operation | Question) -> QueryOptions:
    """The options of an operation, published or one's own, or of a question."""
    if isinstance(asked, Question):
        return QueryOptions(asked.root, asked.parameters, asked.filters)
    filters = exported_schema().get_type(asked.kinds.get(_WHERE, ""))
    named = asked.name or "The document"
    return QueryOptions(named, tuple(asked.kinds), filters if isinstance(filters, GraphQLInputObjectType) else None)


def texts_in(arguments: Sequence[str]) -> dict[str, str]:
    """`--limit 5` and `--limit=5` as {"limit": "5"}; `--time-zone` is `timeZone`.

    Raises: WrongUsage for what is no option, and an option without a value or given twice.
    """
    texts: dict[str, str] = {}
    left = iter(arguments)
    for argument in left:
        if not argument.startswith("--"):
            raise WrongUsage(f"Unexpected argument {argument!r}. Variables are options: --limit 5")
        written, given, text = argument[2:].partition("=")
        value = text if given else next(left, None)
        if value is None:
            raise WrongUsage(f"{argument} has no value.")
        first, *rest = written.split("-")
        name = first + "".join(part.capitalize() for part in rest)
        if name in texts:
            raise WrongUsage(f"--{written} is given twice. Several values of one filter: --{written} a,b")
        texts[name] = value
    return texts


def option(name: str) -> str:
    """A variable as an option: `timeZone` is `--time-zone`."""
    return "--" + re.sub(r"(?=[A-Z])", "-", name).lower()


def help_of(asked: Operation | Question) -> str:
    """What an operation or a question is asked with."""
    lines = [f"marquee query {asked.root if isinstance(asked, Question) else asked.name} [OPTIONS]", ""]
    lines += _of_question(asked) if isinstance(asked, Question) else _of_operation(asked)
    options = options_of(asked)
    if options.filter_names:
        names = ", ".join(option(name) for name in options.filter_names)
        lines += ["", *_wrapped("Filters, each with a value or several (--country DE,AT): ", names)]
    lines += ["", "Objects and lists are written as JSON. Options for the output: marquee query --help"]
    return "\n".join(lines)


def _of_operation(operation: Operation) -> Iterator[str]:
    yield operation.description
    yield ""
    width = max((len(option(one)) for one in operation.kinds), default=0)
    for one, kind in operation.kinds.items():
        default = operation.default(one)
        end = "" if default is None else f"  [default: {default}]"
        if kind == "TimeRange":
            end = "  P7D, or 2026-01-01/2026-02-01"
        yield f"  {option(one):<{width}}  {kind}{end}"


def _of_question(question: Question) -> Iterator[str]:
    yield "Any measures by any dimensions."
    yield ""
    yield f"  --measures   views,viewers  [required]; --by country,day; --range P7D, or {_ENDS}"
    rest = [one for one in question.parameters if one not in ("measures", "by", "range")]
    yield from _wrapped("  Also: ", ", ".join(map(option, rest)))
    yield ""
    yield from _wrapped("Measures: ", ", ".join(question.measures))
    yield ""
    yield from _wrapped("Dimensions: ", ", ".join(question.dimensions))


_ENDS = "2026-01-01/2026-02-01"
_WIDTH = 100


def _wrapped(title: str, names: str) -> list[str]:
    from textwrap import wrap

    return wrap(title + names, _WIDTH, subsequent_indent="  ", break_on_hyphens=False)


def _bare(name: str) -> str:
    return name.replace("-", "").replace("_", "").lower()
