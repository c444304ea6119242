"""HOT and CFN text → one typed tree with places → validate, refer, evaluate.

    template, report = parse(text, "web.yaml")
    environment, report = parse_environment(document)
    parameters, report = bind(template, environment, given, Pseudo(...))
    report = validate(template, environment, parameters, types, Around(files=...))

Rules: everything is a pure function of values. Problems are collected in Reports, with the place
in the text. What is not known yet is `Unknown`, what must not be shown is `Secret`; both flow
through evaluation. Nothing behind the parser knows which dialect a template was written in.
"""

from hearth.template.bind import (
    Checks,
    Parameters,
    Pseudo,
    bind,
    changed_immutable,
    immutable_problem,
    parameter_document,
)
from hearth.template.budget import Budget
from hearth.template.conditions import Active, active, conditions, holds
from hearth.template.depend import Reference, cycle_problem, dependencies, references, requires
from hearth.template.dialects import Dialect
from hearth.template.environment import Environment, merged, parse_environment
from hearth.template.evaluate import Facade, Scope, evaluate, given, walked
from hearth.template.explain import explain, problem_document, summary
from hearth.template.facade import (
    facade_problems,
    is_template,
    nested_parameters,
    template_schema,
)
from hearth.template.functions import AttributeFailed, ExpressionFailed
from hearth.template.model import Definition, OutputDef, ParameterDef, Template
from hearth.template.nodes import Call, Literal, Mapping, Node, Sequence, node_of, plain_of
from hearth.template.parse import MAX_SIZE, parse, parse_document
from hearth.template.precedence import first_met
from hearth.template.properties import Resolved, resolved_policy, resolved_properties
from hearth.template.registry import Registry
from hearth.template.validate import Around, validate

__all__ = [
    "MAX_SIZE",
    "Active",
    "Around",
    "AttributeFailed",
    "Budget",
    "Call",
    "Checks",
    "Definition",
    "Dialect",
    "Environment",
    "ExpressionFailed",
    "Facade",
    "Literal",
    "Mapping",
    "Node",
    "OutputDef",
    "ParameterDef",
    "Parameters",
    "Pseudo",
    "Reference",
    "Registry",
    "Resolved",
    "Scope",
    "Sequence",
    "Template",
    "active",
    "bind",
    "changed_immutable",
    "conditions",
    "cycle_problem",
    "dependencies",
    "evaluate",
    "explain",
    "facade_problems",
    "first_met",
    "given",
    "holds",
    "immutable_problem",
    "is_template",
    "merged",
    "nested_parameters",
    "node_of",
    "parameter_document",
    "parse",
    "parse_document",
    "parse_environment",
    "plain_of",
    "problem_document",
    "references",
    "requires",
    "resolved_policy",
    "resolved_properties",
    "summary",
    "template_schema",
    "validate",
    "walked",
]
