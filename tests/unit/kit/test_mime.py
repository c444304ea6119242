from email import message_from_string
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hearth.kit import Part, multipart, parts_of

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"))


def test_parts_come_back_as_they_were_put_in():
    parts = (
        Part("#!/bin/sh\necho one\n", "x-shellscript", "one.sh"),
        Part("ünï", "cloud-config"),
        Part("plain"),
    )

    assert parts_of(multipart(parts)) == (*parts[:2], Part("plain", "plain"))


@given(st.lists(texts, min_size=1, max_size=3))
def test_whatever_a_part_holds_comes_back(held):
    found = parts_of(multipart(Part(text) for text in held))

    assert [part.text for part in found or ()] == held


def test_what_a_part_is_follows_from_its_name_where_it_is_not_said():
    document = message_from_string(multipart([Part("#", name="part-handler.py"), Part("x")]))

    payload: Any = document.get_payload()
    first, second = payload

    assert first.get_content_type() == "text/part-handler"
    assert first.get_filename() == "part-handler.py"
    assert first.get_content_charset() == "us-ascii"
    assert second.get_content_type() == "text/plain"


def test_the_same_parts_give_the_same_text_and_others_another():
    assert multipart([Part("a")]) == multipart([Part("a")])
    assert multipart([Part("a")]) != multipart([Part("b")])


def test_a_document_inside_a_document_is_taken_apart_too():
    inner = multipart([Part("a"), Part("b")])
    boundary = "outer"
    outer = (
        f'Content-Type: multipart/mixed; boundary="{boundary}"\nMIME-Version: 1.0\n\n'
        f"--{boundary}\n{inner}\n--{boundary}\nContent-Type: text/x-c\n\nc\n--{boundary}--\n"
    )

    assert [part.text for part in parts_of(outer) or ()] == ["a", "b", "c"]


def test_a_script_has_no_parts():
    assert parts_of("#!/bin/sh\necho: no header\n") is None
