from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearth.sandbox.network.addresses import (
    Range,
    Unfit,
    carve,
    default_pools,
    eui64,
    hosts,
    lowest_free,
    overlaps,
    read_pools,
)


def test_default_pools_leave_out_network_broadcast_and_gateway():
    pools = default_pools(ip_network("10.0.0.0/29"), "10.0.0.3")

    assert [pool.document() for pool in pools] == [
        {"start": "10.0.0.1", "end": "10.0.0.2"},
        {"start": "10.0.0.4", "end": "10.0.0.6"},
    ]


@given(st.integers(8, 30), st.integers(0, 2**32 - 1))
def test_default_pools_hold_every_host_but_the_gateway(length, start):
    net = ip_network((start, length), strict=False)
    whole = hosts(net)

    pools = default_pools(net, str(ip_address(whole.first)))

    total = sum(pool.last - pool.first + 1 for pool in pools)
    assert total == whole.last - whole.first
    assert all(whole.first not in pool for pool in pools)


@given(st.sets(st.integers(0, 20)), st.integers(0, 25))
def test_the_lowest_free_address_is_free_and_lowest(taken, hint):
    found = lowest_free([Range(4, 5, 12)], taken.__contains__, hint)

    free = [one for one in range(max(5, hint), 13) if one not in taken]
    assert found == (free[0] if free else None)


def test_pools_that_overlap_are_unfit():
    pools = [{"start": "10.0.0.2", "end": "10.0.0.9"}, {"start": "10.0.0.9", "end": "10.0.0.12"}]

    with pytest.raises(Unfit) as error:
        read_pools(ip_network("10.0.0.0/24"), pools, None)

    assert error.value.kind == "OverlappingAllocationPools"


def test_a_mac_becomes_an_address():
    assert (
        eui64(ip_network("2001:db8::/64"), "fa:16:3e:11:22:33") == "2001:db8::f816:3eff:fe11:2233"
    )


@given(st.lists(st.integers(0, 15), max_size=16, unique=True))
def test_a_block_is_cut_where_nothing_is_taken(taken):
    blocks = [f"10.0.{one}.0/24" for one in taken]

    found = carve(["10.0.0.0/20"], blocks, 24)

    assert (found is None) == (len(taken) == 16)
    assert found is None or overlaps(found, blocks) is None


def test_larger_blocks_keep_clear_of_smaller_ones():
    assert carve(["10.0.0.0/16"], ["10.0.0.64/26"], 24) == "10.0.1.0/24"
