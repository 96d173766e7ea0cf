"""The external issuer that the settings trust."""

from server.identity.claims import ClaimNames
from server.identity.jwks import Jwks
from server.identity.tokens import Issuer
from server.settings import Settings
from warehouse.errors import BadInput


def issuer_of(settings: Settings) -> Issuer | None:
    """The external issuer, if one is set.

    Raises: BadInput if only some of its settings are given.
    """
    if not settings.jwks_url:
        if settings.token_issuer or settings.token_audience:
            raise BadInput(
                "MARQUEE_TOKEN_ISSUER and MARQUEE_TOKEN_AUDIENCE are for an issuer: set MARQUEE_JWKS_URL too."
            )
        return None
    if not (settings.token_issuer and settings.token_audience):
        raise BadInput(
            "MARQUEE_JWKS_URL needs MARQUEE_TOKEN_ISSUER and MARQUEE_TOKEN_AUDIENCE: without them tokens that were "
            "made for other services would be accepted here."
        )
    names = ClaimNames(settings.role_claim, settings.scope_claim)
    return Issuer(settings.token_issuer, settings.token_audience, names, Jwks(settings.jwks_url))
