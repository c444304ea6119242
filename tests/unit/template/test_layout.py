"""hearth.template.layout: what is laid out says the same, keeps its comments, and stays so."""

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as some

from hearth.template import parse
from hearth.template.layout import Unformattable, formatted
from tests.support.mistakes import FORTY
from tests.support.samples import folder
from tests.support.services import ROOT

UGLY = """\
# A head.
heat_template_version:   2018-08-31
parameters:
    size:   {type: number,default: 3}   # in GB


    # About the name.
    name: {type: string, description: "a long description that goes on and on", default: something,
      constraints: [{length: {min: 1, max: 20}}]}
resources:
  server:   # the one
   type: "OS::Heat::Value"
   depends_on:
   - other    # because
   # and not more
   properties:
       value:
         # A script.
         str_replace:
             template: |
                 #!/bin/sh
                 echo "# no comment"

                   indented
             params: { $a: b , # one
               $c: d }
   # the end of server
  # before other
  other: {type: OS::Heat::None}
# The last words.
"""
NEAT = """\
# A head.
heat_template_version: 2018-08-31

parameters:
  size: {type: number, default: 3}  # in GB

  # About the name.
  name:
    type: string
    description: "a long description that goes on and on"
    default: something
    constraints: [{length: {min: 1, max: 20}}]

resources:
  server:  # the one
    type: "OS::Heat::Value"
    depends_on:
      - other  # because
      # and not more
    properties:
      value:
        # A script.
        str_replace:
          template: |
            #!/bin/sh
            echo "# no comment"

              indented
          params:
            $a: b  # one
            $c: d
    # the end of server
  # before other
  other: {type: OS::Heat::None}
# The last words.
"""


def test_an_ugly_template_becomes_a_neat_one():
    assert formatted(UGLY) == NEAT


def test_a_neat_template_stays_as_it_is():
    assert formatted(NEAT) == NEAT


def test_what_a_template_says_stays_the_same():
    before, _ = parse(UGLY)
    after, _ = parse(formatted(UGLY))

    assert before is not None
    assert after is not None
    assert after.document == before.document


def samples() -> list[Path]:
    """The templates of other people, where they are."""
    found = (*folder().rglob("*.yaml"), *folder().rglob("*.template"))
    return sorted(found)


@pytest.mark.skipif(not samples(), reason="the samples are not beside this checkout")
def test_the_samples_say_the_same_and_stay_as_they_are():
    for path in samples():
        text = path.read_text()

        after = formatted(text)

        assert yaml.load(after, yaml.CBaseLoader) == yaml.load(text, yaml.CBaseLoader), path
        assert formatted(after) == after, path
        assert not re.search(r"[ \t]+$", _outside_texts(after), re.MULTILINE), path


EXAMPLES = sorted(one for one in (ROOT / "examples").rglob("*") if one.is_file())


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda one: one.name)
def test_our_own_examples_are_laid_out(path: Path):
    text = path.read_text()

    assert formatted(text) == text, f"heat fmt {path.relative_to(ROOT)}"


def _outside_texts(text: str) -> str:
    """The lines that hold a key, for what stands in a text is its writer's business."""
    return "\n".join(line for line in text.splitlines() if re.match(r"\s*[\w-]+:", line))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a:\n- b\n-   c: d\n    e: f\n", "a:\n  - b\n  - c: d\n    e: f\n"),
        ("a: |+\n    x\n\n\nb: 1\n", "a: |+\n  x\n\n\nb: 1\n"),
        ("a: >2\n     x\n  y\n", "a: >2\n     x\n  y\n"),
        ("a:\n    k: |1\n       x\n", "a:\n  k: |1\n     x\n"),
        ('a: "one\n   two"\nb: three\n     four\n', 'a: "one\n  two"\nb: three\n  four\n'),
        ("a: &x   {b: c}\nd:\n  <<: *x\n", "a: &x {b: c}\n\nd:\n  <<: *x\n"),
        ("a: &x\n   b: c\nd: *x\n", "a: &x\n  b: c\n\nd: *x\n"),
        ("a: !!str 3\nb:   !!map\n   c: d\n", "a: !!str 3\n\nb: !!map\n  c: d\n"),
        ("a:\n\n\n  b: c\n\n\n  d: e\n", "a:\n  b: c\n\n  d: e\n"),
        ("a: # why\n  - # what\n    b: c\n", "a:  # why\n  # what\n  - b: c\n"),
        ("- - a\n  - b\n-\n  c\n", "- - a\n  - b\n- c\n"),
        ("--- \na: 1\n", "---\na: 1\n"),
        ("a:   \n", "a:\n"),
        ("# nothing\n", "# nothing\n"),
        ("", ""),
        ("a: 1\r\nb:   2\r\n", "a: 1\nb: 2\n"),
    ],
)
def test_each_way_to_write_is_kept_or_made_neat(before, after):
    assert formatted(before) == after
    assert formatted(after) == after


def test_json_stays_json():
    before = '{"a" : {"b":[1,2.50], "c" : {}}, "d": [\n {"e": null}]}'
    after = '{\n  "a": {"b": [1, 2.50], "c": {}},\n  "d": [\n    {"e": null}\n  ]\n}\n'

    assert formatted(before) == after
    assert formatted(after) == after


@pytest.mark.parametrize(
    "text",
    ["a: [b\n", "a: 1\n---\nb: 2\n", "%YAML 1.1\n---\na: 1\n", "? [a]\n: b\n", "a: 1\n...\n"],
)
def test_what_cannot_be_laid_out_says_why(text):
    with pytest.raises(Unformattable):
        formatted(text)


def test_a_template_full_of_mistakes_can_be_laid_out():
    after = formatted(FORTY)

    assert yaml.load(after, yaml.CBaseLoader) == yaml.load(FORTY, yaml.CBaseLoader)


_WORDS = some.text("ab #:-'\"\n,[]{}|>&*!?%@`0é\t", max_size=12)
_VALUES = some.recursive(
    _WORDS | some.integers() | some.booleans() | some.none(),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(_WORDS, inner, max_size=3),
    max_leaves=12,
)


@some.composite
def texts(draw: some.DrawFn) -> str:
    """YAML as people and programs write it, with comments and blank lines anywhere."""
    written = yaml.safe_dump(
        {"top": draw(_VALUES), "more": draw(_VALUES)},
        default_flow_style=draw(some.sampled_from([None, True, False])),
        default_style=draw(some.sampled_from([None, None, '"', "|", ">", "'"])),
        indent=draw(some.sampled_from([2, 4, 7])),
        width=draw(some.sampled_from([10, 40, 200])),
        allow_unicode=True,
    )
    lines = []
    for line in written.splitlines():
        lines.append(line + draw(some.sampled_from(["", "", "", "  # said", " #"])))
        pad = " " * draw(some.integers(0, 8))
        lines += draw(some.sampled_from([[], [], [], [""], ["", ""], [f"{pad}# alone"]]))
    return "\n".join(lines) + "\n"


@settings(max_examples=400, deadline=None)
@given(texts())
def test_whatever_is_laid_out_says_the_same_and_stays_as_it_is(text):
    try:
        before = yaml.load(text, yaml.CBaseLoader)
        after = formatted(text)
    except (yaml.YAMLError, Unformattable):
        return

    assert yaml.load(after, yaml.CBaseLoader) == before
    assert after.count("# said") == text.count("# said")
    assert after.count("# alone") == text.count("# alone")
    assert formatted(after) == after


@settings(max_examples=400, deadline=None)
@given(some.text("ab:-# \n\"'{}[],|>&*!?%\t\r\x85\u2028\ufeff", max_size=40), some.integers(0, 900))
def test_a_text_of_any_kind_is_laid_out_or_refused(typed, at):
    text = UGLY[:at] + typed + UGLY[at:]
    try:
        after = formatted(text)
        before = yaml.load(text.removeprefix("\ufeff").replace("\r\n", "\n"), yaml.CBaseLoader)
    except (Unformattable, yaml.YAMLError):
        return

    assert yaml.load(after, yaml.CBaseLoader) == before


def test_half_a_character_is_told_at_its_line():
    with pytest.raises(Unformattable) as found:
        formatted('a: b\nc: "\ud800"\n')

    assert found.value.line == 2


def test_json_that_yaml_cannot_read_is_laid_out_as_well():
    odd = '{"description": "\\ud83d\\ude00 \\/ \x7f\u2028","a":[ ],\n"b":{"c":1e3,"d":[true,null]}}'

    once = formatted(odd)

    assert once == (
        '{\n  "description": "\\ud83d\\ude00 \\/ \x7f\u2028",\n  "a": [],\n'
        '  "b": {"c": 1e3, "d": [true, null]}\n}\n'
    )
    assert formatted(once) == once
