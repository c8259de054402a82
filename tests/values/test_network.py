"""One subscriber is one network, however the address is written."""

from __future__ import annotations

import pytest

from mit.values.network import network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::1", "2001:db8:1:2::"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("", ""),
        ("not an address", "not an address"),
    ],
)
def test_a_subscriber_is_one_network(address: str, network: str) -> None:
    assert network_of(address) == network
