"""Marquee's published operations and any question in parameters, typed: `Client` waits, `AsyncClient` is awaited."""

from marquee_client.async_client import AsyncClient
from marquee_client.client import Client
from marquee_client.errors import MarqueeError
from marquee_client.retries import Retries

__all__ = ["AsyncClient", "Client", "MarqueeError", "Retries"]
