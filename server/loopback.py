"""Whether an address is of this machine: what is sent there goes to no proxy and leaves no trace on a network."""

from ipaddress import ip_address
from urllib.parse import urlsplit


def is_loopback(host: str) -> bool:
    """Whether a host, such as `localhost`, `127.0.0.1` or `[::1]`, is this machine."""
    try:
        return host.lower() == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_of_this_machine(address: str) -> bool:
    """Whether the host of an address is this machine: HTTP_PROXY and the like are not for it."""
    try:
        return is_loopback(urlsplit(address).hostname or "")
    except ValueError:
        return False
