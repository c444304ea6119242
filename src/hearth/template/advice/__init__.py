"""Advice on templates that are right: a rule a file, cfn-lint's way.

    for one in advise(Subject(template, text, schemas)):
        one.problem, one.edits

Rules: pure functions from a Subject to what they found; what a rule would change must not change
what the template means. A comment `# noqa` keeps a line from advice, `# noqa: rule, rule` from
that of the named rules. An edit that would take a comment away, or what a comment right above it
explains, is not offered.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from hearth.template.advice import (
    fading_attribute,
    fading_property,
    fading_type,
    fixed_choice,
    hard_coded_id,
    implied_dependency,
    impossible_bounds,
    missing_words,
    no_call,
    nothing_made,
    open_to_all,
    secret_in_text,
    secret_output,
    secret_shown,
    unconstrained_parameter,
    ungrouped_parameter,
    unknown_output_key,
    unused_condition,
    unused_mapping,
    unused_parameter,
    unused_replacement,
)
from hearth.template.advice.edits import edited, explained
from hearth.template.advice.rule import Advice, Edit, Found, Rule, advised
from hearth.template.advice.subject import Subject

RULES: tuple[Rule, ...] = (
    unused_parameter.RULE,
    unused_condition.RULE,
    unused_mapping.RULE,
    unused_replacement.RULE,
    unknown_output_key.RULE,
    no_call.RULE,
    nothing_made.RULE,
    fixed_choice.RULE,
    fading_type.RULE,
    fading_property.RULE,
    fading_attribute.RULE,
    secret_in_text.RULE,
    secret_shown.RULE,
    secret_output.RULE,
    open_to_all.RULE,
    hard_coded_id.RULE,
    implied_dependency.RULE,
    impossible_bounds.RULE,
    unconstrained_parameter.RULE,
    ungrouped_parameter.RULE,
    missing_words.PARAMETERS,
    missing_words.OUTPUTS,
    missing_words.TEMPLATE,
)

_NOQA = re.compile(r"#\s*noqa(?::\s*(?P<rules>[a-z-]+(?:\s*,\s*[a-z-]+)*))?\s*$", re.IGNORECASE)


def advise(subject: Subject) -> Iterator[Advice]:
    """All that the rules find and no comment excuses, rule by rule."""
    for rule in RULES:
        for one in advised(rule, subject):
            span = one.problem.span
            line = subject.lines[span.line - 1] if span and span.line <= len(subject.lines) else ""
            if not excused(line, rule.id):
                kept = any(explained(edit, subject.lines) for edit in one.edits)
                yield _left(one) if kept else one


def _left(one: Advice) -> Advice:
    """Advice that is left to people: to whoever wrote the comment it was no mistake."""
    hint = f"{one.problem.hint}; {LEFT}" if one.problem.hint else LEFT
    return Advice(replace(one.problem, hint=hint))


LEFT = "a comment explains it, so --fix leaves it"


def excused(line: str, rule: str) -> bool:
    """Whether a line's comment says that the rule does not hold there."""
    found = _NOQA.search(line)
    if found is None:
        return False
    named = found["rules"]
    return named is None or rule in re.split(r"\s*,\s*", named)


__all__ = ["RULES", "Advice", "Edit", "Found", "Rule", "Subject", "advise", "edited", "excused"]
