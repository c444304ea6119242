from hearth.resources.glance.web_image import WebImage, difference


def test_a_patch_adds_replaces_removes_and_leaves_the_rest():
    now = {"name": "a", "os_distro": "x", "min_ram": 0}

    patch = difference(now, {"name": "b", "os_distro": None, "new/one": "1", "gone": None})

    assert patch == [
        {"op": "replace", "path": "/name", "value": "b"},
        {"op": "remove", "path": "/os_distro"},
        {"op": "add", "path": "/new~1one", "value": "1"},
    ]
    assert difference(now, {"name": "a", "os_distro": "x"}) == []


def test_amazons_formats_go_together_or_not_at_all():
    kind = WebImage()
    mixed = {"location": "http://x", "disk_format": "ami", "container_format": "bare"}

    assert len(list(kind.problems(kind.Properties.of(mixed)))) == 1
    assert not list(kind.problems(kind.Properties.of(mixed | {"container_format": "ami"})))
