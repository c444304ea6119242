"""A script that is deployed to something, in every way in which its agent can be told of it."""

from typing import Any

from hearth.stack import StackRecord

ECHO = "echo $deploy_action $word\necho -n $word > $heat_outputs_path.result"
WAYS = [
    ("POLL_SERVER_CFN", "CFN_SIGNAL"),
    ("POLL_SERVER_HEAT", "HEAT_SIGNAL"),
    ("POLL_TEMP_URL", "TEMP_URL_SIGNAL"),
    ("ZAQAR_MESSAGE", "ZAQAR_SIGNAL"),
    ("POLL_TEMP_URL", "CFN_SIGNAL"),
    ("ZAQAR_MESSAGE", "TEMP_URL_SIGNAL"),
]
"""How the agent learns of it, and how it answers."""

_DEPLOYED = """
heat_template_version: 2018-08-31
parameters:
  word: {type: string, default: one}
  text: {type: string}
  transport: {type: string, default: POLL_SERVER_CFN}
  signal: {type: string, default: CFN_SIGNAL}
resources:
  config:
    type: OS::Heat::SoftwareConfig
    properties:
      group: script
      config: {get_param: text}
      inputs: [{name: word}]
      outputs: [{name: result}]
  deployment:
    type: OS::Heat::SoftwareDeployment
    properties:
      config: {get_resource: config}
      server: {get_resource: %(name)s}
      input_values: {word: {get_param: word}}
      signal_transport: {get_param: signal}
      actions: [CREATE, UPDATE, DELETE]
  %(name)s:
%(server)s
outputs:
  result: {value: {get_attr: [deployment, result]}}
  stdout: {value: {get_attr: [deployment, deploy_stdout]}}
"""


def deployed_to(name: str, server: str) -> str:
    """The template in which the resource of that name is what the script is deployed to."""
    return _DEPLOYED % {"name": name, "server": server.strip("\n")}


SCRIPT = deployed_to(
    "server",
    """
    type: OS::Nova::Server
    properties:
      flavor: m1.small
      image: cirros
      networks: [{network: private}]
      user_data_format: SOFTWARE_CONFIG
      software_config_transport: {get_param: transport}
""",
)


def outputs(stack: StackRecord) -> dict[str, Any]:
    """What the stack tells, with its marks."""
    return {one.key: one.value for one in stack.outputs}
