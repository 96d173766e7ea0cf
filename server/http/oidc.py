"""`/oidc/...`: sends a browser to the OpenID provider, takes it back with a session in a cookie, and signs it out.

The session is for pages of this server only: scripts can't read its cookie, and it counts only where a request says so
in a header (`Authorization: Session`), which forms, links and other sites' pages can't set.
"""

import logging
from enum import StrEnum
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from server.answering.audit import address_of, name_asker, recorded
from server.answering.service import Service
from server.http.cookies import attempt_name, clear_attempt, clear_session, names_session, set_attempt, set_session
from server.http.requests import caller_of
from server.http.responses import refusal
from server.identity.oidc import NotAsSet, OidcProvider, error_code
from server.identity.page_sessions import AttemptLost
from server.identity.token_service import SessionTooLarge
from warehouse.errors import BadInput, Forbidden, MarqueeError, Unauthenticated, Unavailable

LOG = logging.getLogger("marquee.sign_in")
_LONGEST_PATH = 2_000
_LONGEST_REASON = 600


class Refused(StrEnum):
    """Why nobody was signed in, as the sign-in page is told; the audit log and the log have the sentence."""

    ATTEMPT = "attempt"
    PROVIDER = "provider"
    SETTINGS = "settings"
    ACCOUNT = "account"
    SCOPE = "scope"


async def begin(request: Request) -> Response:
    """Send the browser to the provider; `next` is the page to come back to."""
    service: Service = request.app.state.service
    try:
        with recorded(request, operation=request.url.path) as record:
            provider = _provider(service)
            service.callers.count_stranger(address_of(request))
            attempt, kept = service.sessions.begin(local_path(request.query_params.get("next", ""), service))
            response = RedirectResponse(await provider.address(attempt), 303)
            # Nobody is known yet, and anybody may begin as often: the callback's record says who signed in.
            record.hand_on()
    except NotAsSet as error:
        return _refused(service, Refused.SETTINGS, error)
    except Unavailable as error:
        return _refused(service, Refused.PROVIDER, error)
    except MarqueeError as error:
        return refusal(error)
    set_attempt(response, kept, service.settings)
    return response


async def callback(request: Request) -> Response:
    """Take the browser back from the provider, with a session of its own."""
    service: Service = request.app.state.service
    given = request.query_params
    try:
        with recorded(request, operation=request.url.path), service.callers.counting_refusals(address_of(request)):
            provider = _provider(service)
            kept = request.cookies.get(attempt_name(service.settings), "")
            attempt = service.sessions.come_back(kept, given.get("state", ""))
            if "code" not in given:
                raise Unauthenticated(f"The provider signed nobody in: {error_code(given.get('error'))}.")
            # Before the provider is asked: an attempt that it did not take can come back again and again.
            service.callers.count_stranger(address_of(request))
            principal = await provider.principal(attempt, given["code"])
            name_asker(principal)
            await service.sessions.use(attempt)
            session = await service.sessions.start(principal, provider.issuer)
    except NotAsSet as error:
        return _refused(service, Refused.SETTINGS, error)
    except Unavailable as error:
        return _refused(service, Refused.PROVIDER, error)
    except AttemptLost as error:
        return _refused(service, Refused.ATTEMPT, error)
    except SessionTooLarge as error:
        return _refused(service, Refused.SCOPE, error)
    except (Unauthenticated, Forbidden) as error:
        return _refused(service, Refused.ACCOUNT, error)
    except MarqueeError as error:
        return refusal(error)
    response = RedirectResponse(attempt.path, 303)
    set_session(response, session, service.settings)
    return response


async def sign_out(request: Request) -> Response:
    """End the session of the request, in all tabs."""
    service: Service = request.app.state.service
    try:
        with recorded(request, operation=request.url.path):
            caller = await caller_of(request)
            # The token of an embed or a script is not its holder's to revoke: others use it, too.
            if service.oidc is None or not names_session(request.headers.get("authorization")):
                raise Forbidden("Only the session of a person whom a provider signed in ends here.")
            await service.sessions.end(caller.principal)
    except MarqueeError as error:
        return refusal(error)
    response = Response(status_code=204)
    clear_session(response, service.settings)
    return response


def local_path(text: str, service: Service) -> str:
    """A path of this server's pages with its query; the first page instead of anything else, such as other sites."""
    prefix = service.settings.path_prefix
    home = f"{prefix}/"
    is_printable = text.isascii() and text.isprintable() and " " not in text and "\\" not in text
    if not (is_printable and text.startswith(home) and not text.startswith("//") and len(text) <= _LONGEST_PATH):
        return home
    parts = urlsplit(text)
    return home if parts.scheme or parts.netloc else text


def _provider(service: Service) -> OidcProvider:
    if service.oidc is None:
        raise BadInput("No sign-in provider is set: MARQUEE_OIDC_ISSUER.")
    return service.oidc


def _refused(service: Service, why: Refused, error: MarqueeError) -> Response:
    # Claims of the provider may be in it.
    said = "".join(one if one.isprintable() else "�" for one in str(error)[:_LONGEST_REASON])
    LOG.warning("Nobody was signed in: %s", said)
    response = RedirectResponse(f"{service.settings.path_prefix}/#refused={why.value}", 303)
    # A session that the browser has stays: links of other sites lead here, too.
    clear_attempt(response, service.settings)
    return response
