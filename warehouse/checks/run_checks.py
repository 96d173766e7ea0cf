"""A round: all checks declared for a table, run on one group of its loads."""

from collections.abc import Iterator

from warehouse.checks.bad_row_rates import punctuality, rates
from warehouse.checks.checked_loads import Group, span_of
from warehouse.checks.declarations import CHECKS
from warehouse.checks.distributions import profiles
from warehouse.checks.finding import Finding, undecided
from warehouse.checks.missing import missing
from warehouse.checks.volume import COUNTED, volume
from warehouse.engine.engine import Engine
from warehouse.loads.row_verdicts import FACT_TABLES

_NOTHING_NEW = "The load brought no row that was not there."


def findings_of(engine: Engine, group: Group) -> list[Finding]:
    """The findings, in the order in which the checks are declared. The caller keeps loads from becoming visible
    meanwhile.
    """
    order = {slug: place for place, slug in enumerate(CHECKS)}
    found = _of_fact(engine, group) if group.table in FACT_TABLES else _of_dimension(engine, group)
    return sorted(found, key=lambda one: order[one.check])


def _of_fact(engine: Engine, group: Group) -> Iterator[Finding]:
    yield from rates(engine, group)
    span = span_of(engine, group)
    if not span.rows:
        yield from (undecided(slug, "", _NOTHING_NEW) for slug in (*_of_volume(group), "out_of_order", "late"))
        return
    if _of_volume(group):
        yield volume(engine, group, span)
    yield from punctuality(engine, group, span)
    yield from missing(engine, group, span)
    yield from profiles(engine, group, span)


def _of_volume(group: Group) -> tuple[str, ...]:
    # People are assigned when an experiment begins: no day is like the same weekday before.
    return ("volume",) if group.table in COUNTED else ()


def _of_dimension(engine: Engine, group: Group) -> Iterator[Finding]:
    yield from rates(engine, group)
    yield from missing(engine, group, None)
