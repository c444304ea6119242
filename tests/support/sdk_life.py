"""A stack's life by openstacksdk's orchestration proxy. Run by the clients' own Python.

Prints a JSON document of what was seen; an exception ends it with a non-zero code.
"""

import json
import sys
import tempfile

import openstack

TEMPLATE = """
heat_template_version: 2018-08-31
parameters:
  flavor: {type: string, default: m1.tiny}
resources:
  server:
    type: OS::Nova::Server
    properties:
      flavor: {get_param: flavor}
      image: cirros
      networks: [{network: private}]
outputs:
  address: {value: {get_attr: [server, first_address]}}
"""


def by_proxy(cloud):
    """Through `connection.orchestration`."""
    proxy = cloud.orchestration
    seen: dict[str, object] = {}
    seen["valid"] = "Parameters" in proxy.validate_template(template=TEMPLATE)
    stack = proxy.create_stack(name="proxied", template=TEMPLATE, parameters={})
    stack = proxy.wait_for_status(stack, "CREATE_COMPLETE", ["CREATE_FAILED"], 1, 60)
    seen["created"] = stack.status
    seen["listed"] = [found.name for found in proxy.stacks()]
    seen["found"] = proxy.find_stack("proxied").id == stack.id
    seen["resources"] = [found.name for found in proxy.resources(stack)]
    seen["events"] = [found.resource_status for found in proxy.stack_events(stack)]
    seen["template"] = sorted(proxy.get_stack_template(stack).resources)
    proxy.get_stack_environment(stack)
    # A stack that was fetched has no template of its own, so that the one given is sent.
    fetched = proxy.get_stack(stack.id)
    proxy.update_stack(fetched, template=TEMPLATE, parameters={"flavor": "m1.small"})
    stack = proxy.wait_for_status(stack, "UPDATE_COMPLETE", ["UPDATE_FAILED"], 1, 60)
    seen["updated"] = stack.status
    seen["outputs"] = stack.outputs
    proxy.delete_stack(stack)
    proxy.wait_for_delete(stack, 1, 60)
    seen["left"] = [found.name for found in proxy.stacks()]
    return seen


def by_layer(cloud):
    """Through the cloud layer, as Ansible's module does."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(TEMPLATE)
        file.flush()
        made = cloud.create_stack("layered", template_file=file.name, wait=True, timeout=60)
        changed = cloud.update_stack(
            "layered", template_file=file.name, wait=True, timeout=60, flavor="m1.small"
        )
        deleted = cloud.delete_stack("layered", wait=True)
    return {"made": made.status, "changed": changed.status, "deleted": deleted}


def main():
    """Both, against the cloud that the environment names."""
    cloud = openstack.connect()
    json.dump({"proxy": by_proxy(cloud), "layer": by_layer(cloud)}, sys.stdout, default=str)


if __name__ == "__main__":
    main()
