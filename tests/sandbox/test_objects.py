import hmac
from hashlib import sha1, sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearth.sandbox.objectstore.listing import Wanted, select


@pytest.fixture
def account(demo):
    project = demo.get("/network/v2.0/quotas/project")["tenant"]["project_id"]
    return f"/object-store/v1/AUTH_{project}"


@pytest.fixture
def box(demo, account):
    demo.ask("PUT", f"{account}/box")
    return f"{account}/box"


def put(client, path, data=b"hello", **headers):
    return client.ask("PUT", path, data, **headers)


def test_making_a_container_twice_is_no_error(demo, account):
    first = demo.ask("PUT", f"{account}/c", None, X_Container_Meta_Color="red")
    second = demo.ask("PUT", f"{account}/c", None, X_Container_Meta_Size="xl")

    head = demo.ask("HEAD", f"{account}/c")

    assert (first.status, second.status, head.status) == (201, 202, 204)
    assert head.headers["x-container-meta-color"] == "red"
    assert head.headers["x-container-meta-size"] == "xl"


def test_a_container_with_something_in_it_stays(demo, box):
    put(demo, f"{box}/a")

    full = demo.refused("DELETE", box)
    demo.delete(f"{box}/a")

    assert full == 409
    assert demo.ask("DELETE", box).status == 204
    assert demo.refused("GET", box) == 404


def test_an_object_comes_back_as_it_was_put(demo, box):
    made = put(demo, f"{box}/dir/a b", b"data", Content_Type="text/x", X_Object_Meta_Who="me")

    got = demo.ask("GET", f"{box}/dir/a b")
    head = demo.ask("HEAD", f"{box}/dir/a b")

    assert made.headers["etag"] == "8d777f385d3dfec8815d20f7496026dc"
    assert (got.body, got.headers["content-type"]) == (b"data", "text/x")
    assert got.headers["x-object-meta-who"] == "me"
    assert (head.body, head.headers["content-length"]) == (b"", "4")


def test_data_that_was_garbled_on_the_way_is_refused(demo, box):
    assert put(demo, f"{box}/a", b"data", ETag="0" * 32).status == 422


def test_new_metadata_replaces_the_old(demo, box):
    put(demo, f"{box}/a", X_Object_Meta_Who="me")

    demo.ask("POST", f"{box}/a", None, X_Object_Meta_Where="here")

    head = demo.ask("HEAD", f"{box}/a").headers
    assert "x-object-meta-who" not in head
    assert head["x-object-meta-where"] == "here"


def test_a_listing_cuts_at_the_delimiter(demo, box):
    for name in ("a/1", "a/2", "b"):
        put(demo, f"{box}/{name}")

    listed = demo.get(f"{box}?format=json&delimiter=/")
    inside = demo.ask("GET", f"{box}?prefix=a/&limit=1")

    assert [one.get("subdir") or one["name"] for one in listed] == ["a/", "b"]
    assert inside.body == b"a/1\n"
    assert inside.headers["x-container-object-count"] == "3"


def test_only_the_project_and_whom_it_lets_in_see_a_container(anyone, other, demo, box):
    put(demo, f"{box}/a")

    closed = (anyone.refused("GET", f"{box}/a"), other.refused("GET", f"{box}/a"))
    demo.ask("POST", box, None, X_Container_Read=".r:*")

    assert closed == (401, 403)
    assert anyone.ask("GET", f"{box}/a").body == b"hello"
    assert anyone.refused("GET", box) == 401
    assert anyone.refused("PUT", f"{box}/b") == 401


@pytest.mark.parametrize("digest", [sha1, sha256])
def test_a_signed_url_opens_one_object_for_a_time(anyone, demo, account, box, digest):
    demo.ask("POST", account, None, X_Account_Meta_Temp_URL_Key="secret")
    put(demo, f"{box}/a")
    until = int(demo.clock.now()) + 60
    path = f"{box}/a".removeprefix("/object-store")
    signature = hmac.new(b"secret", f"GET\n{until}\n{path}".encode(), digest).hexdigest()
    query = f"?temp_url_sig={signature}&temp_url_expires={until}"

    inside = anyone.ask("GET", f"{box}/a{query}")
    bare = anyone.ask("GET", path + query)
    written = anyone.refused("PUT", f"{box}/a{query}", b"x")
    demo.wait(61)

    assert (inside.body, bare.body) == (b"hello", b"hello")
    assert inside.headers["content-disposition"] == 'attachment; filename="a"'
    assert written == 401
    assert anyone.refused("GET", f"{box}/a{query}") == 401


def test_old_versions_come_back_when_the_new_one_goes(demo, account, box):
    demo.ask("PUT", f"{account}/old")
    demo.ask("POST", box, None, X_Versions_Location="old")
    for data in (b"1", b"2", b"3"):
        put(demo, f"{box}/a", data)
        demo.wait(1)

    kept = demo.get(f"{account}/old?format=json")
    demo.delete(f"{box}/a")

    assert len(kept) == 2
    assert all(one["name"].startswith("001a/") for one in kept)
    assert demo.ask("GET", f"{box}/a").body == b"2"


def test_an_object_is_copied_with_its_metadata(demo, box):
    put(demo, f"{box}/a", X_Object_Meta_Who="me")

    made = demo.ask("COPY", f"{box}/a", None, Destination="box/b")

    assert made.status == 201
    assert demo.ask("HEAD", f"{box}/b").headers["x-object-meta-who"] == "me"


def test_an_object_disappears_when_its_time_is_over(demo, box):
    put(demo, f"{box}/a", X_Delete_After="10")

    demo.wait(10)

    assert demo.refused("GET", f"{box}/a") == 404


def test_a_part_of_an_object_is_answered(demo, box):
    put(demo, f"{box}/a", b"0123456789")

    part = demo.ask("GET", f"{box}/a", None, Range="bytes=2-4")

    assert (part.status, part.body) == (206, b"234")
    assert part.headers["content-range"] == "bytes 2-4/10"


@given(
    st.lists(st.text("ab/", min_size=1, max_size=5), unique=True),
    st.integers(1, 3),
    st.sampled_from(["", "/"]),
    st.booleans(),
)
def test_pages_of_a_listing_make_up_the_whole(names, limit, delimiter, reverse):
    names = sorted(names)
    whole = select(names, Wanted(delimiter=delimiter, reverse=reverse))

    found, marker = [], ""
    while part := select(
        names, Wanted(limit=limit, marker=marker, delimiter=delimiter, reverse=reverse)
    ):
        found += part
        marker = part[-1][0]

    assert found == whole
