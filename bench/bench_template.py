"""How fast templates are read and evaluated, beside PyYAML's own safe C loader in the same run.

CPU seconds of this process, the best of five: what else the machine does counts little.
"""

import gc
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from hearth.schema import TypeSchema
from hearth.serve.registry import registry
from hearth.template import Parameters, Scope, parse
from hearth.template.properties import resolved_properties

REPORT = Path(__file__).parent / "reports" / "template.md"
ROUNDS = 5
SERVER = """
  server_{n}:
    type: OS::Nova::Server
    metadata: {{ role: web, number: {n}, tags: [a, b, c] }}
    properties:
      name: {{ str_replace: {{ template: web-%n%, params: {{ "%n%": "{n}" }} }} }}
      flavor: {{ get_param: flavor }}
      image: cirros
      networks:
        - network: private
        - port: {{ get_resource: port_{n} }}
"""
PORT = """
  port_{n}:
    type: OS::Neutron::Port
    properties:
      network: {{ get_param: network }}
      security_groups: [ default ]
"""
HEAD = """heat_template_version: 2018-08-31
parameters:
  flavor: { type: string, default: m1.small }
  network: { type: string, default: private }
resources:"""


def text_of(size: int) -> str:
    """A template of about so many bytes."""
    one = SERVER + PORT
    count = size // len(one.format(n=1000))
    return HEAD + "".join(one.format(n=n) for n in range(count))


def best(work: Callable[[], Any]) -> float:
    """The least CPU seconds that it took, without what earlier rounds left to collect."""
    found = []
    for _ in range(ROUNDS):
        gc.collect()
        before = time.process_time()
        work()
        found.append(time.process_time() - before)
    return min(found)


def evaluated(text: str, schema: TypeSchema, count: int) -> float:
    """Seconds for the properties of so many servers."""
    template, _report = parse(text)
    assert template is not None
    scope = Scope(Parameters({"flavor": "m1.small", "network": "private"}))
    servers = [one for one in template.resources.values() if one.type == schema.name]
    rounds = -(-count // len(servers))

    def work() -> None:
        for _ in range(rounds):
            for one in servers:
                assert resolved_properties(template, one, schema, scope).report.ok

    return best(work) * count / (rounds * len(servers))


def main() -> None:
    """Measure, print, and write the report."""
    large, small = text_of(1_000_000), text_of(50_000)
    kind = registry().find("OS::Nova::Server")
    assert kind is not None
    rows = []
    for name, text, limit in (("1 MB", large, 0.5), ("50 KB", small, 0.025)):
        ours = best(lambda text=text: parse(text))
        theirs = best(lambda text=text: yaml.load(text, yaml.CSafeLoader))
        rows.append((f"parse {name} with positions", ours, limit, f"{ours / theirs:.2f}"))
    rows.append(("evaluate 10,000 servers' properties", evaluated(small, kind, 10_000), 1.0, ""))
    lines = [
        "# Templates",
        "",
        "| what | CPU s | at most | of PyYAML's CSafeLoader |",
        "|---|---|---|---|",
        *(f"| {what} | {took:.3f} | {limit} | {ratio} |" for what, took, limit, ratio in rows),
    ]
    print("\n".join(lines))
    REPORT.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
