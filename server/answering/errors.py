"""Errors as clients see them: a code and a message.

Details that a user can't act on (SQL, paths, tracebacks) go to the log under an id that the error shows.
"""

import logging
from typing import Any

from graphql import GraphQLError

from warehouse.engine.request_id import current_id, new_id
from warehouse.errors import BadInput, EngineFault, MarqueeError, descriptors_ran_out, is_out_of_descriptors

log = logging.getLogger("marquee.graphql")
# Codes of errors of the question or its asker, which waiting does not cure.
LASTING = frozenset({"BAD_INPUT", "GRAPHQL_VALIDATION_FAILED", "FORBIDDEN", "UNAUTHENTICATED"})


def error_of(error: BaseException) -> dict[str, Any]:
    """The GraphQL error of an exception."""
    cause = cause_of(error)
    if isinstance(error, GraphQLError) and isinstance(cause, GraphQLError):
        # An error of GraphQL itself: the outermost one names the variable.
        return {"message": error.message, "extensions": {"code": "BAD_INPUT"}}
    return _of_ours(cause)


def cause_of(error: BaseException) -> BaseException:
    """The exception that an error of GraphQL stands for, or itself; of one that no descriptor was left for, that."""
    while isinstance(error, GraphQLError) and error.original_error is not None:
        error = error.original_error
    if is_out_of_descriptors(error) and (not isinstance(error, MarqueeError) or isinstance(error, EngineFault)):
        return descriptors_ran_out()
    return error


def _of_ours(error: BaseException) -> dict[str, Any]:
    if isinstance(error, MarqueeError) and not isinstance(error, EngineFault):
        named = {"argument": error.argument} if isinstance(error, BadInput) and error.argument else {}
        return {"message": str(error), "extensions": {"code": error.code, **named}}
    # The request's own, so that the line of the request and this one are found together.
    identity = current_id() or new_id()
    log.error("error %s", identity, exc_info=error)
    return {
        "message": f"Something went wrong on our side. The server's log has it under {identity}.",
        "extensions": {"code": "INTERNAL", "id": identity},
    }
