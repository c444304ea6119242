"""A plan is read from its signs."""

import json
from typing import Any

import pytest

from hearth.cli.output import Output
from hearth.cli.planview import changes, show

PLAN: dict[str, Any] = {
    "action": "UPDATE",
    "counts": {"create": 1, "update": 1, "replace": 1, "delete": 1, "unchanged": 6},
    "steps": [
        {"do": "create", "resource": "volume", "type": "OS::Cinder::Volume", "where": "web.yaml:30",
         "reason": "it is new", "properties": {"size": 10}},
        {"do": "update", "resource": "lb", "type": "T", "where": "web.yaml:41", "reason": "",
         "changes": [{"path": "description", "before": "old", "after": "new"}]},
        {"do": "replace", "resource": "server", "type": "T", "where": "web.yaml:23",
         "reason": "key_name cannot change in place",
         "changes": [{"path": "key_name", "before": "ops", "after": "deploy"}]},
        {"do": "delete", "resource": "port", "type": "T", "where": "",
         "reason": "no longer in the template"},
        {"do": "none", "resource": "net", "type": "T"},
    ],
}  # fmt: skip


def test_each_kind_of_step_has_its_sign(capsys: pytest.CaptureFixture[str]) -> None:
    show(Output(), PLAN, "web", new=False)

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == (
        "Plan for stack web: 1 to create, 1 in place, 1 to replace, 1 to delete, 6 unchanged"
    )
    assert [line[2] for line in lines[1:] if line[:3].strip()] == ["+", "~", "±", "-"]
    assert "      size  10" in lines
    assert "      key_name  ops → deploy" in lines
    assert "net" not in "".join(lines)


def test_what_may_be_replaced_is_never_told_as_in_place(
    capsys: pytest.CaptureFixture[str],
) -> None:
    step = {
        "do": "update", "maybe": True, "resource": "web", "type": "T", "where": "web.yaml:9",
        "reason": "may be REPLACED: user_data not known yet",
        "changes": [{"path": "user_data", "before": "a", "after": "(known after apply)"}],
    }  # fmt: skip
    plan = {"counts": {"update": 0, "perhaps": 1, "replace": 1}, "steps": [step]}

    show(Output(), plan, "web", new=False)

    lines = capsys.readouterr().out.splitlines()
    assert changes(plan) == 2
    assert lines[:2] == [
        "Plan for stack web: 1 to replace, 1 perhaps to replace",
        "  ≈ web   T   web.yaml:9   may be REPLACED: user_data not known yet",
    ]


def test_a_plan_is_a_document_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    show(Output(as_json=True), PLAN, "web", new=False)

    document = json.loads(capsys.readouterr().out)
    assert (document["schema"], document["kind"]) == ("hearth/1", "plan")
    assert document["counts"]["replace"] == 1


def test_what_touches_nothing_is_no_change() -> None:
    assert changes(PLAN) == 4
    assert changes({"counts": {"unchanged": 3}}) == 0


def test_a_change_is_shown_where_it_differs_and_nowhere_else(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rules = [{"port": 22, "from": "any"}, {"port": 80, "from": "any"}]
    other = [rules[0], {"port": 81, "from": "any"}]
    change = {"path": "rules", "before": rules, "after": other}
    whole = {"path": "names", "before": ["a"], "after": ["a", "b"]}
    step = {"do": "update", "resource": "it", "type": "T", "changes": [change, whole]}

    show(Output(), {"counts": {"update": 1}, "steps": [step]}, "web", new=False)

    lines = capsys.readouterr().out.splitlines()
    assert lines[2:] == ["      rules[1].port  80 → 81", "      names          [a] → [a, b]"]


def test_what_changes_of_the_stack_itself_is_shown_and_counts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    itself = [
        {"path": "outputs.ip", "before": {"get_attr": ["a", "b"]}, "after": None},
        {"path": "template", "before": None, "after": None},
    ]
    plan = {"counts": {"unchanged": 1}, "steps": [], "itself": itself}

    show(Output(), plan, "web", new=False)

    lines = capsys.readouterr().out.splitlines()
    assert changes(plan) == 2
    assert lines == [
        "Plan for stack web: 1 unchanged, the stack itself changes",
        "  ~ the stack itself",
        "      outputs.ip  {get_attr: [a, b]} → null",
        "      template    other words, the same resources",
    ]
