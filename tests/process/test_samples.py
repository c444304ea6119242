"""Templates that Heat's users wrote are created, updated and deleted, and leave nothing behind."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.running import Rest, Running, running
from tests.support.samples import SAMPLES, Sample, folder

pytestmark = pytest.mark.skipif(
    not folder().is_dir(), reason="the samples are not beside this checkout; set HEARTH_SAMPLES"
)


@pytest.fixture(scope="module")
def hearth(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    state: Path = tmp_path_factory.mktemp("samples")
    with running(state, "--speed", "fast", "--guests") as up:
        yield up


@pytest.fixture(scope="module")
def rest(hearth: Running) -> Rest:
    user = Rest(hearth).login()
    prepare(user)
    return user


def prepare(user: Rest) -> None:
    """A key pair, as every sample asks for one, and a server for the one that wants it."""
    body = {"stack_name": "before", "template": _BEFORE}
    user.ok("POST", "/stacks", body)
    assert (user.rest("before") or {})["stack_status"] == "CREATE_COMPLETE"


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_sample_lives_and_leaves_nothing_behind(rest: Rest, sample: Sample) -> None:
    before = counted(rest.objects())
    body = request(rest, sample, sample.text(), sample.parameters)

    rest.ok("POST", "/stacks", {**body, "stack_name": sample.name})
    created = finished(rest, sample, "CREATE_COMPLETE")
    check_outputs(sample, created)
    first = resources(rest, sample)
    objects_before = objects(rest)

    rest.ok("PUT", path(created), body)
    finished(rest, sample, "UPDATE_COMPLETE")
    assert resources(rest, sample) == first
    assert objects(rest) == objects_before

    changed = request(rest, sample, sample.edit(sample.text()), sample.parameters | sample.then)
    preview = rest.ok("PUT", f"{path(created)}/preview", changed)["resource_changes"]
    rest.ok("PUT", path(created), changed)
    finished(rest, sample, "UPDATE_COMPLETE")
    check_change(sample, first, resources(rest, sample), preview)

    rest.ok("DELETE", path(created))
    assert rest.rest(sample.name) is None
    assert_same(rest, before)


def request(rest: Rest, sample: Sample, text: str, given: dict[str, Any]) -> dict[str, Any]:
    server = rest.ok("GET", "/stacks/before/resources?name=server")["resources"][0]
    ident = server["physical_resource_id"]
    return {
        "template": text,
        "files": sample.nested(),
        "parameters": {k: ident if v == "{server}" else v for k, v in given.items()},
    }


def path(stack: dict[str, Any]) -> str:
    return f"/stacks/{stack['stack_name']}/{stack['id']}"


def finished(rest: Rest, sample: Sample, status: str) -> dict[str, Any]:
    stack = rest.rest(sample.name)
    assert stack is not None
    assert stack["stack_status"] == status, stack["stack_status_reason"]
    return stack


def resources(rest: Rest, sample: Sample) -> dict[str, tuple[str, str, str | None]]:
    """Name → physical id, status and time of the last update.

    Of a group only the id: as upstream has it, each update brings its stack in line, which is an
    update of its own, also where nothing in it differs.
    """
    rows = rest.ok("GET", f"/stacks/{sample.name}/resources")["resources"]
    return {
        row["resource_name"]: (
            (row["physical_resource_id"], "", None)
            if any(link["rel"] == "nested" for link in row["links"])
            else (row["physical_resource_id"], row["resource_status"], row["updated_time"])
        )
        for row in rows
    }


def check_outputs(sample: Sample, stack: dict[str, Any]) -> None:
    """What guests have answered is what the sample shows."""
    told = {one["output_key"]: str(one["output_value"]) for one in stack["outputs"]}
    for name, beginning in sample.says.items():
        assert told[name].startswith(beginning), (name, told[name])


def check_change(
    sample: Sample,
    first: dict[str, tuple[str, str, str | None]],
    then: dict[str, tuple[str, str, str | None]],
    preview: dict[str, Any],
) -> None:
    """Only what must change has changed, and the preview had said so."""
    assert set(then) - set(first) == sample.added
    assert set(first) - set(then) == sample.removed
    for name in set(first) & set(then):
        kept = first[name][0] == then[name][0]
        assert kept == (name not in sample.replaced), name
        if name in sample.updated:
            assert then[name][1] in ("UPDATE_COMPLETE", ""), name
        elif name not in sample.replaced:
            assert first[name] == then[name], name
    said = {kind: {row["resource_name"] for row in rows} for kind, rows in preview.items()}
    assert said["added"] == sample.added
    assert said["deleted"] == sample.removed
    assert sample.replaced - sample.perhaps <= said["replaced"]
    assert sample.updated | sample.perhaps <= said["updated"] | said["replaced"]


def objects(rest: Rest) -> dict[str, Any]:
    """Ids of what is in the cloud, so that untouched means untouched."""
    return {
        service: {kind: sorted(row["id"] for row in rows) for kind, rows in kinds.items()}
        for service, kinds in rest.objects().items()
        if service != "identity"
    }


def counted(found: dict[str, Any]) -> dict[str, Any]:
    return {
        service: {kind: sorted(str(row["id"]) for row in rows) for kind, rows in kinds.items()
                  if kind not in {"tokens", "token"}}
        for service, kinds in found.items()
    }  # fmt: skip


def assert_same(rest: Rest, before: dict[str, Any]) -> None:
    """The sandbox is exactly as before; what it deletes in time is given that time."""
    for _ in range(100):
        if counted(rest.objects()) == before:
            return
        time.sleep(0.05)
    assert counted(rest.objects()) == before


_BEFORE = """
heat_template_version: 2018-08-31
resources:
  key:
    type: OS::Nova::KeyPair
    properties: {name: samples}
  server:
    type: OS::Nova::Server
    properties:
      {name: before, image: cirros, flavor: m1.tiny, networks: [{network: private}]}
"""
