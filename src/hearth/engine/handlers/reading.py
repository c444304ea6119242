"""Reading what a request gave: templates, environments, files, parameters."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import msgspec

from hearth.base import Problem, Report, Secret, Value
from hearth.base.errors import Invalid
from hearth.bus import Source as Given
from hearth.cloud import Cloud, auth_of
from hearth.engine.aside import TEXT
from hearth.engine.blueprint import Source
from hearth.engine.containers import with_contained
from hearth.engine.desk import Desk
from hearth.engine.fetching import fetched, inside
from hearth.engine.sources import read_template, text_changes
from hearth.identity import Caller
from hearth.stack import Inputs
from hearth.store import PutText
from hearth.store.inputs import document_key
from hearth.template import Environment, Template, first_met, merged, parse_environment


@dataclass(frozen=True, slots=True)
class Read:
    """What was given, parsed, and the texts that keep it."""

    source: Source
    template_hash: str
    files_hash: str
    texts: tuple[PutText, ...]
    report: Report


@dataclass(frozen=True, slots=True)
class Before:
    """What a stack was made from so far: what a patch leaves in force."""

    inputs: Inputs
    template: Template
    files: Mapping[str, str] = field(default_factory=dict)


async def gathered(
    desk: Desk,
    caller: Caller,
    given: Given,
    before: Before | None = None,
    clear: tuple[str, ...] = (),
) -> Read:
    """The same, with what it names by an address or a container fetched first."""
    given = await fetched(desk.fetcher, desk.settings, given)
    if given.files_container:
        region = caller.region or desk.settings.region_name_for_services
        cloud = Cloud(desk.patient.session(auth_of(caller), region, caller.request_id))
        given = await with_contained(cloud, given, desk.settings.max_json_body_size)
    text = given.template
    size = len(text) // TEXT if isinstance(text, str) else len(text or ())
    found = await desk.aside.think(size, partial(read, given, before, clear))
    more = await inside(desk.fetcher, desk.settings, found.source)
    if not more:
        return found
    files = {**given.files, **more}
    return read(msgspec.structs.replace(given, files=files), before, clear)


def read(given: Given, before: Before | None = None, clear: tuple[str, ...] = ()) -> Read:
    """All of it; Invalid when there is no template that could be looked at further."""
    report = Report()
    files = {**(before.files if before else {}), **_texts(given.files, report)}
    template_hash, texts, template = _template(given, before, report)
    if template is None:
        raise refusal(report)
    environment, filed = _environment(given, files, template, report)
    parameters: dict[str, Value] = {
        name: value for name, value in given.parameters.items() if name not in filed
    }
    if before is not None:
        environment, parameters = _kept(before, template, environment, parameters, clear)
    environment, parameters = _closed(template, environment, parameters)
    files_hash, more = text_changes(files) if files else ("", ())
    source = Source(template, environment, files, parameters)
    return Read(source, template_hash, files_hash, (*texts, *more), report)


def refusal(problems: Report) -> Invalid:
    """All problems as the one error that a command answers with."""
    first = first_met(problems.errors)
    return Invalid(first.upstream or first.sentence, kind=first.kind, problems=list(problems))


def _template(
    given: Given, before: Before | None, report: Report
) -> tuple[str, tuple[PutText, ...], Template | None]:
    if given.template is None and before is not None:
        return before.inputs.template_hash, (), before.template
    if given.template is None:
        report.add(Problem("no-template", "No template specified", kind="HTTPBadRequest"))
        return "", (), None
    digest, texts = text_changes(given.template)
    template, found = read_template(given.template)
    report.extend(found)
    if template is not None and isinstance(given.template, str):
        shown = json.dumps(template.document, default=str)
        texts = (*texts, PutText(document_key(digest), shown))
    return digest, texts, template


def _texts(files: Mapping[str, Any], report: Report) -> dict[str, str]:
    """Files as texts: a client may have parsed those that are templates. All else is none."""
    for name, content in files.items():
        if not isinstance(content, str | dict | None):
            sentence = f'"files" holds texts by their names, and "{name}" is none'
            report.add(Problem("file-not-text", sentence, kind="HTTPBadRequest"))
    return {
        name: content if isinstance(content, str) else json.dumps(content)
        for name, content in files.items()
        if content is not None
    }


def _environment(
    given: Given, files: Mapping[str, str], template: Template, report: Report
) -> tuple[Environment, frozenset[str]]:
    """The environment, and what its files decide, over all else: unless that is not wished."""
    environment, found = parse_environment(given.environment or None)
    if given.environment_files:
        types = {name: one.type for name, one in template.parameters.items()}
        below, filed = merged(list(given.environment_files), files, types)
        report.extend(_told_once(found, filed))
        decided = () if given.parameters_win else below.parameters
        return below.over(environment), frozenset(decided)
    report.extend(found)
    return environment, frozenset()


def _told_once(environment: Report, files: Report) -> Iterator[Problem]:
    """What clients send twice, merged and as files, told once and where it stands in a file."""
    places = {one.sentence: one.span for one in files}
    twice = {one.sentence for one in environment}
    yield from (replace(one, span=places.get(one.sentence, one.span)) for one in environment)
    yield from (one for one in files if one.sentence not in twice)


def _kept(
    before: Before,
    template: Template,
    environment: Environment,
    parameters: dict[str, Value],
    clear: tuple[str, ...],
) -> tuple[Environment, dict[str, Value]]:
    """What a patch gives, laid over what was there, less what is cleared or no longer declared."""
    below = Environment.from_document(before.inputs.environment)
    fresh = environment.parameters.keys()
    given = {k: v for k, v in before.inputs.parameters.items() if k not in fresh}
    gone = set(clear)
    values = {
        name: value
        for name, value in {**below.parameters, **given}.items()
        if name in template.parameters and name not in gone
    }
    laid = environment.over(replace(below, parameters={}))
    own = {**environment.parameters, **parameters}
    return replace(laid, parameters={**values, **own}), parameters


def _closed(
    template: Template, environment: Environment, parameters: Mapping[str, Value]
) -> tuple[Environment, dict[str, Value]]:
    """Hidden parameters marked, so that they are stored encrypted and shown masked."""
    hidden = {name for name, one in template.parameters.items() if one.hidden}

    def close(values: Mapping[str, Value]) -> dict[str, Value]:
        return {
            name: Secret(value) if name in hidden and not isinstance(value, Secret) else value
            for name, value in values.items()
            if value is not None or name not in hidden
        }

    closed = replace(
        environment,
        parameters=close(environment.parameters),
        parameter_defaults=close(environment.parameter_defaults),
    )
    return closed, close(parameters)
