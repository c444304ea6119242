"""What is sent is what arrives."""

import pytest

from hearth.base import Problem, Secret, Span
from hearth.base.errors import Clash, HearthError, Invalid, Missing, Refused
from hearth.bus import (
    Accepted,
    CreateStack,
    Document,
    Failure,
    Source,
    decode_answer,
    decode_command,
    encode,
)
from hearth.identity import Caller


class StackGone(Missing):
    """An error that the messages do not know by name."""


def test_a_command_arrives_as_it_was_sent():
    caller = Caller("u1", "p1", roles=frozenset({"member"}), token=Secret("t0k3n"))
    source = Source(template={"resources": {"a": {"type": "OS::Heat::None"}}}, files={"f": "x"})
    command = CreateStack(id="c1", deadline=5.5, caller=caller, name="web", source=source)

    arrived = decode_command(encode(command))

    assert arrived == command


@pytest.mark.parametrize("number", [2**63, 2**64, -(2**63) - 1, 10**500])
def test_a_number_of_any_size_arrives(number):
    caller = Caller("u1", "p1", roles=frozenset({"member"}), token=Secret("t0k3n"))
    source = Source(template={"parameters": {"n": {"default": number}}}, parameters={"n": [number]})
    command = CreateStack(id="c1", deadline=5.5, caller=caller, name="web", source=source)
    answer = Document({"n": number, "all": [number, 1]})

    assert decode_command(encode(command)) == command
    assert decode_answer(encode(answer)) == answer


@pytest.mark.parametrize(
    "answer", [Accepted("s1", "web", 3), Document({"a": [1, None]}), Document(["compute"])]
)
def test_an_answer_arrives_as_it_was_sent(answer):
    assert decode_answer(encode(answer)) == answer


def test_a_refusal_is_raised_again_with_its_problems():
    problem = Problem("unknown-property", "no property", Span("a.yaml", 3, 5, 3, 9), "resources.a")
    refusal = Invalid("bad", kind="InvalidSchemaError", problems=[problem])

    arrived = decode_answer(encode(Failure.of(refusal)))

    assert isinstance(arrived, Failure)
    again = arrived.error_again()
    assert type(again) is Invalid
    assert (again.sentence, again.kind, again.problems) == ("bad", "InvalidSchemaError", (problem,))


def test_an_error_of_a_class_that_is_not_known_arrives_as_its_ancestor():
    again = Failure.of(StackGone("gone", kind="EntityNotFound")).error_again()

    assert type(again) is Missing
    assert again.kind == "EntityNotFound"


@pytest.mark.parametrize("name", ["os", "Iterable", "Unheard"])
def test_only_errors_are_raised_again(name):
    assert type(Failure(name, "K", "s").error_again()) is HearthError


def test_a_clash_keeps_its_kind():
    again = Failure.of(Clash("taken", kind="StackExists")).error_again()

    assert isinstance(again, Refused)
    assert again.kind == "StackExists"
