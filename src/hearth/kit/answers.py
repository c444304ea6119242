"""What servers answer to deployments, and what it comes to. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from hearth.base import Value, plain
from hearth.stack import ConfigRecord, DeploymentRecord

STDOUT, STDERR, STATUS_CODE = "deploy_stdout", "deploy_stderr", "deploy_status_code"
ANSWERS = (STDOUT, STDERR, STATUS_CODE)
"""What every deployment may be answered with, beside the outputs of its config."""

IN_PROGRESS, COMPLETE, FAILED = "IN_PROGRESS", "COMPLETE", "FAILED"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a server's answer comes to."""

    status: str
    reason: str
    outputs: dict[str, Value]
    event: str

    def fields(self, now: float) -> dict[str, Any]:
        """What it changes of the deployment."""
        return {
            "status": self.status,
            "reason": self.reason,
            "output_values": self.outputs,
            "updated_at": now,
        }


def judged(record: DeploymentRecord, config: ConfigRecord | None, answer: Any) -> Verdict:
    """A server's answer: the outputs that it gives, and whether the deployment has failed."""
    details: Mapping[str, Any] = answer if isinstance(answer, Mapping) else {}
    wrong: dict[str, str] = {}
    code = details.get(STATUS_CODE)
    if code is not None and str(code) != "0":
        wrong[STATUS_CODE] = f"Deployment exited with non-zero status code: {code}"
    outputs: dict[str, Value] = {}
    for one in config.outputs if config is not None else ():
        name = one["name"]
        if name in details:
            outputs[name] = details[name]
            if one.get("error_output"):
                wrong[name] = str(details[name])
    outputs |= {name: details.get(name) for name in ANSWERS}
    if not wrong:
        return Verdict(COMPLETE, "Outputs received", outputs, f"deployment {record.id} succeeded")
    reason = ", ".join(f"{name} : {words}" for name, words in wrong.items())
    event = f"deployment {record.id} failed" + (f" ({code})" if STATUS_CODE in wrong else "")
    return Verdict(FAILED, reason, outputs, event)


def left_at(config: ConfigRecord | None) -> tuple[str, str] | None:
    """The container and the object in which an answer is left, if it is left in one."""
    told = plain({one["name"]: one.get("value") for one in config.inputs}) if config else {}
    if told.get("deploy_signal_transport") != "TEMP_URL_SIGNAL":
        return None
    parts = urlsplit(str(told.get("deploy_signal_id") or "")).path.split("/")
    return (unquote(parts[-2]), unquote(parts[-1])) if len(parts) > 2 else None
