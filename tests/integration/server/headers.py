"""Reading the headers of pages."""

import httpx


def policy(response: httpx.Response) -> dict[str, list[str]]:
    """The content security policy, by directive."""
    parts = [part.split() for part in response.headers["content-security-policy"].split(";")]
    return {name: values for name, *values in parts}
