"""What a mutation refuses about its input becomes a part of its payload; everything else stays an error."""

from collections.abc import Awaitable
from typing import TypeVar

from resolvers.context import Context
from schema.payloads import UserError
from warehouse.errors import BadInput

T = TypeVar("T")


async def done_or_refused(context: Context, work: Awaitable[T]) -> tuple[T | None, list[UserError]]:
    """What the work made, or what is wrong with the input; the audit log hears of the latter too."""
    try:
        return await work, []
    except BadInput as error:
        context.refused = error.code
        return None, [UserError(message=str(error), field=["input", error.argument] if error.argument else None)]
