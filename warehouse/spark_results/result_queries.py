"""Shared by the readers of job results: bounds of a limit, what the policy released, films and users by their ids."""

from dataclasses import replace

from warehouse import ids
from warehouse.access import Access
from warehouse.errors import BadInput, TooExpensive
from warehouse.query.masked_source import MOVIES, USERS, read
from warehouse.query.parameters import Parameters


def check_limit(limit: int, access: Access) -> None:
    """Raises: BadInput for a limit out of bounds."""
    if not 1 <= limit <= access.page_rows:
        raise BadInput(f"limit is {limit}; allowed are 1 to {access.page_rows}.")


def check_rows(rows: int, access: Access, what: str) -> None:
    """Raises: TooExpensive when there are more rows than an answer may have."""
    if rows > access.max_rows:
        raise TooExpensive(f"There are more than {access.max_rows} {what}. An answer has no more rows than that.")


def released_to(access: Access, job: str) -> Access:
    """The access for reading a job's result: without the asker's scope if the policy released the job."""
    return replace(access, scope={}) if job in access.released else access


def movie_keys_sql(access: Access, parameters: Parameters, identity: str | None = None) -> str:
    """The subquery of the keys of films that the asker may see, or of the one with an id. A malformed id matches
    none."""
    return _keys_sql(read(MOVIES, ("movie_key", "id"), access, parameters), "movie_key", identity, parameters)


def user_keys_sql(access: Access, parameters: Parameters, identity: str | None = None) -> str:
    """The same for users."""
    return _keys_sql(read(USERS, ("user_key", "id"), access, parameters), "user_key", identity, parameters)


def _keys_sql(source: str, key: str, identity: str | None, parameters: Parameters) -> str:
    if identity is None:
        return f"(SELECT {key} FROM {source})"
    known = ids.parse(identity)
    wanted = [] if known is None else [known]
    return f"(SELECT {key} FROM {source} WHERE id IN {parameters.add(wanted, 'Array(UInt128)')})"
