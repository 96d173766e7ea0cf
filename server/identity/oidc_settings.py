"""The OpenID provider that the settings name."""

import stat
from pathlib import Path

from schema.roles import Role
from server.identity.claims import ClaimNames
from server.identity.jwks import checked_address
from server.identity.oidc import CALLBACK, OidcProvider
from server.settings import Settings
from warehouse.errors import BadInput


def provider_of(settings: Settings, folder: Path) -> OidcProvider | None:
    """The provider, if one is set; paths are relative to `folder`.

    Raises: BadInput if only some of its settings are given, or the secret can't be read.
    """
    if not settings.oidc_issuer:
        return None
    if not (settings.oidc_client_id and settings.oidc_client_secret_file and settings.public_url):
        raise BadInput(
            "MARQUEE_OIDC_ISSUER needs MARQUEE_OIDC_CLIENT_ID, MARQUEE_OIDC_CLIENT_SECRET_FILE and MARQUEE_PUBLIC_URL, "
            f"to which the provider sends people back: the address ends with {CALLBACK}."
        )
    return OidcProvider(
        checked_address(settings.oidc_issuer, "MARQUEE_OIDC_ISSUER"),
        settings.oidc_client_id,
        _secret_in(folder / settings.oidc_client_secret_file),
        f"{settings.public_url.rstrip('/')}{CALLBACK}",
        settings.oidc_scopes,
        ClaimNames(settings.role_claim, settings.scope_claim, _roles_of(settings.oidc_roles)),
    )


def _roles_of(texts: tuple[str, ...]) -> dict[str, str]:
    """Values of the role claim → roles.

    Raises: BadInput.
    """
    roles = {role.value for role in (Role.VIEWER, Role.ANALYST, Role.ADMIN)}
    found = {}
    for text in texts:
        value, _, role = text.rpartition("=")
        if not value or role not in roles:
            raise BadInput(f"MARQUEE_OIDC_ROLES has {text!r}, expected VALUE=ROLE, with {', '.join(sorted(roles))}.")
        found[value] = role
    return found


def _secret_in(path: Path) -> str:
    try:
        mode, text = stat.S_IMODE(path.stat().st_mode), path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"MARQUEE_OIDC_CLIENT_SECRET_FILE {path} can't be read: {error}.") from error
    if mode & 0o077:
        raise BadInput(f"The file {path} can be read by others (mode {mode:o}). Run: chmod 600 {path}")
    if not text:
        raise BadInput(f"The file {path} is empty: it holds the client's secret.")
    return text
