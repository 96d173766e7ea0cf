"""Targets to which alerts and reports are sent: checked as people name them, and shown with what became of deliveries;
and the keys with which bodies for webhooks are signed.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence

from resolvers.saved_items import moment_text
from schema.alerts import LONGEST_ADDRESS, MOST_TARGETS, AlertDelivery, AlertTarget, AlertTargetInput
from warehouse.deliveries import Delivery, Target, TargetKind
from warehouse.errors import BadInput

_URL = re.compile(r"https?://[^\s/?#@\\]+([/?#]\S*)?")
# As RFC 5322 has it without quotes. `=?` would begin an encoded word, in which a mail server may find other addresses.
_MAIL = re.compile(r"(?!.*=\?)[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


def checked_targets(given: Sequence[AlertTargetInput]) -> tuple[Target, ...]:
    """The targets, each once.

    Raises: BadInput for too many, or an address of the wrong form.
    """
    if len(given) > MOST_TARGETS:
        raise BadInput(f"There are at most {MOST_TARGETS} targets; these are {len(given)}.", "targets")
    return tuple(dict.fromkeys(map(_target, given)))


def shown_targets(targets: Sequence[Target]) -> list[AlertTarget]:
    """Targets as the schema has them."""
    return [AlertTarget(kind=one.kind, address=one.address) for one in targets]


def shown_delivery(one: Delivery) -> AlertDelivery:
    """A delivery as the schema has it."""
    address = one.target.partition(" ")[2]
    return AlertDelivery(
        address=address, outcome=one.outcome, detail=one.detail, at=moment_text(one.at), tries=one.tries
    )


def signing_secret(hash_key: bytes, noun: str, identity: str) -> str:
    """The key with which an item's bodies are signed; made of the service's key, so that none is kept."""
    key = hmac.digest(hash_key, f"webhooks of {noun} {identity}".encode(), hashlib.sha256)
    return f"whsec_{base64.b64encode(key).decode()}"


def _target(given: AlertTargetInput) -> Target:
    """Raises: BadInput."""
    address = given.address.strip()
    fits, what = (
        (_MAIL, "a mail address, such as ops@example.com")
        if given.kind is TargetKind.EMAIL
        else (_URL, "a URL without a user, such as https://example.com/hook")
    )
    if len(address) > LONGEST_ADDRESS or not address.isprintable() or not fits.fullmatch(address):
        raise BadInput(f"{address[:60]!r} is not {what}.", "targets")
    return Target(given.kind, address)
