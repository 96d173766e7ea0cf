"""`GET /metrics`: figures for Prometheus, for an admin's token or for addresses that a setting names."""

from ipaddress import ip_address, ip_network

from starlette.requests import Request
from starlette.responses import Response

from schema.roles import Role
from server.answering.audit import address_of, recorded
from server.answering.service import Service
from server.http.requests import caller_of
from server.http.responses import refusal
from server.observing.gauges import State
from server.observing.metrics import CONTENT_TYPE
from warehouse.errors import Forbidden, MarqueeError

# Who comes through a proxy that is not trusted has the proxy's address, not one of its own.
_FORWARDED = ("x-forwarded-for", "forwarded", "x-real-ip", "via")


async def metrics(request: Request) -> Response:
    """All figures, in Prometheus' text format."""
    service: Service = request.app.state.service
    state: State = request.app.state.figures
    try:
        if not _is_known(request, service.settings.metrics_callers):
            with recorded(request, operation=request.url.path) as record:
                principal = (await caller_of(request)).principal
                # Of all rows, so not for who may see some.
                if not principal.role.reaches(Role.ADMIN) or principal.scope:
                    raise Forbidden("Figures are for admins without a scope, or addresses in MARQUEE_METRICS_CALLERS.")
                # Every few seconds, for ever: a refusal is worth a record, this is not.
                record.hand_on()
    except MarqueeError as error:
        return refusal(error)
    await state.show()
    return Response(
        service.observer.metrics.text(), headers={"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store"}
    )


def _is_known(request: Request, networks: tuple[str, ...]) -> bool:
    if not networks or any(name in request.headers for name in _FORWARDED):
        return False
    try:
        address = ip_address(address_of(request))
    except ValueError:
        return False
    return any(address in ip_network(network) for network in networks)
