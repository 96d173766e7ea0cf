"""Sends alerts to addresses that users gave: bodies over HTTP, and mails by the operator's mail server.

A user's address must not lead into the operator's network. So the name is looked up once, each address that it has must
be public, and the connection goes to one of these; redirects are not followed, and what is answered is not told on.
"""

import asyncio
import smtplib
import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import unquote, urlsplit

import httpx
from anyio import to_thread

TIMEOUT_S = 10.0
# Addresses within which others are written, so that a gateway may lead to a private one; and those of protocols, which
# older Pythons take for public.
_TRANSLATED = tuple(map(ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "192.0.0.0/24")))


class DeliveryFailed(Exception):
    """It did not arrive, and may if it is tried again."""


class DeliveryRefused(Exception):
    """It is not sent, however often it is tried."""


@dataclass(frozen=True)
class MailServer:
    """The operator's mail server, `smtp://` or `smtps://` with user and password, and the sender's address."""

    url: str
    sender: str


async def post(url: str, body: bytes, headers: Mapping[str, str], allows_private: bool) -> None:
    """POST a body to a user's address.

    Raises: DeliveryRefused for an address that is not public; DeliveryFailed for any answer but 2xx, or none.
    """
    try:
        target = httpx.URL(url)
        async with asyncio.timeout(TIMEOUT_S):
            number = await _public_address(target, allows_private)
            await _send(target, number, body, headers)
    except httpx.InvalidURL as error:
        raise DeliveryRefused("The address is not a URL.") from error
    except TimeoutError as error:
        raise DeliveryFailed(f"No answer within {TIMEOUT_S:.0f} s.") from error
    except (httpx.HTTPError, OSError) as error:
        # Its text may tell of the network.
        raise DeliveryFailed(f"The connection failed ({type(error).__name__}).") from error


async def _send(target: httpx.URL, number: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Send to the address that was checked: the name is not looked up again. Its certificate is of the name."""
    at = target.copy_with(host=number)
    sent = {**headers, "Host": target.netloc.decode("ascii"), "Content-Type": "application/json"}
    async with (
        httpx.AsyncClient(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False) as client,
        client.stream(
            "POST", at, content=body, headers=sent, extensions={"sni_hostname": target.raw_host.decode("ascii")}
        ) as answer,
    ):
        if not answer.is_success:
            raise DeliveryFailed(f"The answer was {answer.status_code}.")


async def _public_address(target: httpx.URL, allows_private: bool) -> str:
    """One of the numbers that the host's name stands for.

    Raises: DeliveryRefused where one of them is not public; OSError for a name that is not known.
    """
    if target.scheme not in ("http", "https") or not target.host or target.userinfo:
        raise DeliveryRefused("The address is not an http(s) URL without a user.")
    port = target.port or (443 if target.scheme == "https" else 80)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(target.host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise DeliveryRefused("The host's name can't be looked up.") from error
    numbers = [str(address[0]) for *_, address in found]
    if not allows_private and not all(map(is_public, numbers)):
        raise DeliveryRefused(
            "The address is not on the public internet. An operator can allow it: MARQUEE_ALERT_PRIVATE_ADDRESSES."
        )
    return numbers[0]


def is_public(number: str) -> bool:
    """Whether an IP address is of the public internet, also where another one is written within it."""
    found: IPv4Address | IPv6Address = ip_address(number.partition("%")[0])
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    # Addresses of a site are deprecated, and still routed within some.
    is_of_site = isinstance(found, IPv6Address) and found.is_site_local
    is_translated = any(found in network for network in _TRANSLATED)
    return found.is_global and not (is_of_site or is_translated or found.is_multicast or found.is_reserved)


@dataclass(frozen=True)
class Attachment:
    """A file in a mail."""

    name: str
    media_type: str
    content: bytes


async def mail(server: MailServer, to: str, subject: str, text: str, attachments: Sequence[Attachment] = ()) -> None:
    """Send a mail by the operator's mail server.

    Raises: DeliveryRefused without such a server; DeliveryFailed.
    """
    if not server.url or not server.sender:
        raise DeliveryRefused("No mail server is set: MARQUEE_SMTP_URL and MARQUEE_SMTP_FROM.")
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = server.sender, to, subject
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain="marquee.invalid")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    for one in attachments:
        kind, _, subkind = one.media_type.partition("/")
        message.add_attachment(one.content, maintype=kind, subtype=subkind, filename=one.name)
    try:
        await to_thread.run_sync(_mail, server.url, message)
    except smtplib.SMTPResponseException as error:
        raise DeliveryFailed(f"The mail server answered {error.smtp_code}.") from error
    except (smtplib.SMTPException, OSError) as error:
        raise DeliveryFailed(f"The mail server did not take it ({type(error).__name__}).") from error


def _mail(url: str, message: EmailMessage) -> None:
    """Send over TLS where the server has it; a password is sent over nothing else."""
    at = urlsplit(url)
    host, context = at.hostname or "", ssl.create_default_context()
    with (
        smtplib.SMTP_SSL(host, at.port or 465, timeout=TIMEOUT_S, context=context)
        if at.scheme == "smtps"
        else smtplib.SMTP(host, at.port or 587, timeout=TIMEOUT_S)
    ) as client:
        is_private = at.scheme == "smtps"
        client.ehlo()
        if not is_private and client.has_extn("starttls"):
            client.starttls(context=context)
            is_private = True
        if at.username:
            if not is_private:
                raise smtplib.SMTPNotSupportedError("the server has no TLS, and a password needs it")
            client.login(unquote(at.username), unquote(at.password or ""))
        client.send_message(message)
