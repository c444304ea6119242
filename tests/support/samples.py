"""The real templates that hearth must carry, with what each needs and a change to make to it.

The templates stay where they are, beside the checkout: ../shared/samples, or where
HEARTH_SAMPLES says.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.services import ROOT

Edit = Callable[[str], str]


def folder() -> Path:
    """Where the samples are."""
    return Path(os.environ.get("HEARTH_SAMPLES", ROOT.parent / "shared" / "samples"))


def same(text: str) -> str:
    """A template left as it is."""
    return text


@dataclass(frozen=True, slots=True)
class Sample:
    """One template and one change to it.

    parameters, then: those of the create, and those that the change gives beside them.
    edit: what the change does to the template's text. files: nested templates by name.
    replaced, updated, added, removed: the top-level resources that the change is about; all
    others must not be touched. perhaps: those replaced of which a preview cannot know it.
    says: how outputs begin, once it is created.
    """

    path: str
    parameters: dict[str, Any] = field(default_factory=dict)
    then: dict[str, Any] = field(default_factory=dict)
    edit: Edit = same
    files: tuple[str, ...] = ()
    updated: frozenset[str] = frozenset()
    replaced: frozenset[str] = frozenset()
    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    perhaps: frozenset[str] = frozenset()
    says: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.path.removeprefix("hot/").removesuffix(".yaml").replace("/", "-").lower()

    def text(self) -> str:
        return (folder() / self.path).read_text()

    def nested(self) -> dict[str, str]:
        beside = (folder() / self.path).parent
        return {name: (beside / name).read_text() for name in self.files}


def _edited(before: str, after: str) -> Edit:
    def edit(text: str) -> str:
        assert before in text
        return text.replace(before, after)

    return edit


_SERVER = {"key_name": "samples", "image": "cirros", "flavor": "m1.small"}
_GROWN = {"flavor": "m1.medium"}
_PRIVATE = {
    "public_net": "public", "private_net_name": "sample-net", "private_net_cidr": "10.9.0.0/24",
    "private_net_gateway": "10.9.0.1", "private_net_pool_start": "10.9.0.10",
    "private_net_pool_end": "10.9.0.90",
}  # fmt: skip

SAMPLES = (
    Sample("hot/hello_world.yaml", {**_SERVER, "admin_pass": "Abc123"}, _GROWN,
           updated=frozenset({"server"})),
    Sample("hot/servers_in_new_neutron_net.yaml", {**_SERVER, **_PRIVATE},
           {"private_net_name": "renamed"}, updated=frozenset({"private_net"})),
    Sample("hot/servers_in_existing_neutron_net.yaml",
           {**_SERVER, "public_net_id": "public", "private_net_id": "private",
            "private_subnet_id": "private-subnet"},
           _GROWN, updated=frozenset({"server1", "server2"})),
    Sample("hot/vm_with_cinder.yaml", _SERVER, {"vol_size": 2}, updated=frozenset({"my_vol"})),
    Sample("hot/condition.yaml", {}, {"env_type": "prod"},
           updated=frozenset({"test_res"}), added=frozenset({"prod_res", "beijing_prod_res"}),
           removed=frozenset({"test_res1"})),
    Sample("hot/swift.yaml", edit=_edited("error.html", "sorry.html"),
           updated=frozenset({"SwiftContainerWebsite"})),
    Sample("hot/resource_group/random.yaml", {"lengths": "4,5,6", "index": 1}, {"index": 2},
           replaced=frozenset({"random"})),
    Sample("hot/resource_group/resource_group_index_lookup.yaml", {},
           {"random_lengths": "4,5,7"}, files=("random.yaml",),
           updated=frozenset({"random_group"})),
    Sample("hot/resource_group/server_with_volumes.yaml",
           {"key_name": "samples", "image_id": "cirros", "instance_type": "m1.small"},
           {"num_volumes": 3}, files=("volume_with_attachment.yaml",),
           updated=frozenset({"group_of_volumes"})),
    Sample("hot/resource_group/volume_with_attachment.yaml", {"instance_id": "{server}"},
           {"volume_size": 2}, updated=frozenset({"volume"})),
    Sample("hot/F20/WordPress_2_Instances.yaml",
           {"key_name": "samples", "image_id": "fedora"}, {"instance_type": "m1.medium"},
           updated=frozenset({"DatabaseServer", "WebServer"})),
    Sample("hot/software-config/example-templates/example-cloud-init.yaml", _SERVER,
           edit=_edited("The five is bar", "The five is six"),
           replaced=frozenset({"five_init", "server_init", "server"}),
           perhaps=frozenset({"server_init", "server"})),
    Sample("hot/software-config/example-templates/example-script-template.yaml", _SERVER,
           edit=_edited("foo: fooooo", "foo: other"),
           files=("config-scripts/example-script.sh",), updated=frozenset({"deployment"}),
           says={"result": "The file /tmp/baaaaa contains fooooo for server",
                 "stdout": "Writing to /tmp/baaaaa\nWritten to /tmp/baaaaa\n",
                 "stderr": "Output to stderr\n", "status_code": "0",
                 "other_result": "The file /tmp/barmy contains fu for server"}),
    Sample("hot/software-config/example-templates/example-deploy-sequence.yaml", _SERVER,
           edit=_edited("previous: 'deployment_b'", "previous: 'b'"),
           updated=frozenset({"deployment_c"}),
           says={"deployment_b_stdout": "Previous: Previous: NONE\ndeployment_a is running on "}),
    Sample("hot/asg_of_stacks.yaml", {**_SERVER, "network": "private"}, {"flavor": "m1.medium"},
           files=("vm_with_cinder.yaml",), updated=frozenset({"asg"})),
    Sample("hot/native_waitcondition.yaml", _SERVER, edit=_edited("count: 5", "count: 4"),
           updated=frozenset({"wait_condition"}),
           says={"wc_data": '{"1": null, "2": null, "3": "data3", "4": "data4", "5": null}'}),
)  # fmt: skip
