from hearth.cloud.catalogue import SERVICES, Endpoint, address, endpoints, newest, version_of


def found(kind: str, url: str, service: str, interface: str = "public") -> str | None:
    offered = [
        Endpoint(kind, "public", "here", url),
        Endpoint(kind, "internal", "here", "http://in"),
    ]
    return address(SERVICES[service], offered, interface, "here", "p1")


def test_an_address_has_the_version_that_our_paths_leave_out():
    assert found("compute", "http://c/compute/v2.1", "compute") == "http://c/compute/v2.1"
    assert found("compute", "http://c:8774/", "compute") == "http://c:8774/v2.1"
    assert found("compute", "http://c:8774/v2.1/p1", "compute") == "http://c:8774/v2.1"
    assert found("volumev3", "http://c/volume/v3/p1", "volume") == "http://c/volume/v3/p1"
    assert found("block-storage", "http://c/volume/v3", "volume") == "http://c/volume/v3/p1"


def test_an_address_loses_the_version_that_our_paths_say():
    assert found("network", "http://c:9696/v2.0", "network") == "http://c:9696"
    assert found("network", "http://c/networking/", "network") == "http://c/networking"
    assert found("image", "http://c:9292/v2", "image") == "http://c:9292"
    assert found("identity", "http://c/identity/v3", "identity") == "http://c/identity"


def test_interface_and_region_are_heeded():
    assert found("network", "http://c", "network", "internalURL") == "http://in"
    assert found("network", "http://c", "network", "admin") is None
    offered = [Endpoint("network", "public", "there", "http://c")]
    assert address(SERVICES["network"], offered, "public", "here", "p1") is None
    assert address(SERVICES["network"], offered, "public", None, "p1") == "http://c"


def test_the_better_name_of_a_service_wins():
    offered = endpoints(
        [
            {"type": "volumev3", "endpoints": [{"interface": "public", "url": "http://old/v3"}]},
            {
                "type": "block-storage",
                "endpoints": [{"interface": "public", "region": "R", "url": "http://new/v3"}],
            },
        ]
    )

    assert address(SERVICES["volume"], offered, "public", None, "p") == "http://new/v3/p"


def test_microversions_are_read_from_every_kind_of_document():
    assert newest({"version": {"version": "2.95", "min_version": "2.1"}}) == "2.95"
    assert (
        newest({"versions": [{"version": ""}, {"version": "3.9"}, {"version": "3.70"}]}) == "3.70"
    )
    assert newest({"versions": {"values": [{"id": "v3.14"}]}}) == ""
    assert newest("nonsense") == ""
    assert version_of("2.9") < version_of("2.10")
