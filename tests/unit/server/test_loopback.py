"""Addresses of this machine are told from others: they are asked without a proxy."""

import pytest

from server.loopback import is_of_this_machine


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://127.9.8.7/x", True),
        ("https://localhost/", True),
        ("http://LOCALHOST:1", True),
        ("http://[::1]:8000/graphql", True),
        ("http://localhost.example.com", False),
        ("http://127.0.0.1.example.com", False),
        ("http://127.0.0.1@example.com", False),
        ("http://10.0.0.1", False),
        ("https://marquee.example.com", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_an_address_of_this_machine_is_told_by_its_host(address: str, expected: bool) -> None:
    assert is_of_this_machine(address) is expected
