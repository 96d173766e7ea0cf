"""Experiments as they are stored, and who has been shown what."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from warehouse import ids
from warehouse.access import Access
from warehouse.errors import BadInput
from warehouse.experiments.sample_ratio import shares_of
from warehouse.query.masked_source import EXPERIMENTS
from warehouse.query.masked_source import read as masked
from warehouse.query.parameters import Parameters
from warehouse.query.reader import Reader

_COLUMNS = ("experiment_key", "id", "name", "start_time", "end_time", "control", "shares")


@dataclass(frozen=True)
class Experiment:
    """One experiment; instants in seconds since 1970, `end` is None while it is open. `shares` are the planned weights
    of variants, empty if equal ones are meant.
    """

    key: int
    id: str
    name: str
    start: int
    end: int | None
    control: str
    shares: Mapping[str, float]


def experiments(reader: Reader, access: Access, as_of: int | None = None) -> list[Experiment]:
    """All experiments, the one that began last first."""
    return _found(reader, access, as_of, "1", Parameters())


def experiment_of(reader: Reader, identity: str, access: Access, as_of: int | None = None) -> Experiment | None:
    """The experiment with an id of the source; None where there is none.

    Raises: BadInput for a text that is no id.
    """
    key = ids.parse(identity.strip())
    if key is None:
        raise BadInput(f"The id of an experiment is {identity[:60]!r}, expected a 64-bit number or a UUID.")
    parameters = Parameters()
    found = _found(reader, access, as_of, f"id = {parameters.add(key, 'UInt128')}", parameters)
    return found[0] if found else None


def _found(
    reader: Reader, access: Access, as_of: int | None, condition: str, parameters: Parameters
) -> list[Experiment]:
    source = masked(replace(EXPERIMENTS, as_of=as_of), _COLUMNS, access, parameters)
    found = reader.engine.query(
        f"SELECT experiment_key, {ids.to_text_sql('id')}, name, toUInt32(start_time), toUInt32(end_time), control, "
        f"shares FROM {source} WHERE {condition} ORDER BY start_time DESC, id LIMIT {access.max_rows}",
        parameters.values,
    ).rows
    return [
        Experiment(key, identity, name, start, end, control, shares_of(shares))
        for key, identity, name, start, end, control, shares in found
    ]
