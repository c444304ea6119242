"""The enforcer: oslo.policy behind a memo."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from hearth.base import Clock
from hearth.base.errors import Denied
from hearth.identity import Caller
from hearth.policy.rules import DEFAULTS

MEMO_LIMIT = 10_000
MEMO_S = 5.0


class Policy:
    """Answers whether a caller may do something.

    A check costs oslo.policy 50 µs and more; its answers are remembered for a few seconds, after
    which a changed policy file is seen.
    """

    def __init__(self, clock: Clock, files: tuple[Path, ...] = ()) -> None:
        self._clock = clock
        self._files = files
        self._enforcer: Any = None
        self._memo: dict[tuple[object, ...], bool] = {}
        self._rules: frozenset[str] | None = None
        self._forget_at = 0.0

    def allows(self, caller: Caller, rule: str, target: Mapping[str, Any] | None = None) -> bool:
        """Whether the rule holds for the caller; by default about their own project."""
        about = dict(target or {"project_id": caller.project_id, "user_id": caller.user_id})
        asked = (rule, replace(caller, token=None, request_id=""), *sorted(about.items()))
        self._refresh()
        if asked not in self._memo:
            self._memo[asked] = self._check(caller, rule, about)
        return self._memo[asked]

    def enforce(self, caller: Caller, rule: str, target: Mapping[str, Any] | None = None) -> None:
        """Refuse what the rule does not allow."""
        if not self.allows(caller, rule, target):
            raise Denied(f"You are not authorized to use {rule}.")

    def allows_type(self, caller: Caller, type_name: str) -> bool:
        """Whether the caller may use resources of the type: by its own rule or its family's."""
        family = f"{type_name.rpartition('::')[0]}::*"
        return all(
            self.allows(caller, rule)
            for rule in (f"resource_types:{type_name}", f"resource_types:{family}")
            if self._known(rule)
        )

    def enforce_type(self, caller: Caller, type_name: str) -> None:
        """Refuse a resource type that the caller may not use."""
        if not self.allows_type(caller, type_name):
            raise Denied(f"You are not authorized to use {type_name}.")

    def admin(self, caller: Caller) -> bool:
        """Whether the caller is an administrator of everything."""
        return self.allows(caller, "context_is_admin")

    def _known(self, rule: str) -> bool:
        self._refresh()
        if self._rules is None:
            enforcer = self._ready()
            enforcer.load_rules()
            self._rules = frozenset(enforcer.rules)
        return rule in self._rules

    def _refresh(self) -> None:
        """Forget what was learnt from the files, when it is old."""
        if self._clock.monotonic() >= self._forget_at or len(self._memo) >= MEMO_LIMIT:
            self._memo.clear()
            self._rules = None
            self._forget_at = self._clock.monotonic() + MEMO_S

    def _check(self, caller: Caller, rule: str, target: dict[str, Any]) -> bool:
        return bool(self._ready().enforce(rule, target, _credentials(caller)))

    def _ready(self) -> Any:
        if self._enforcer is None:
            self._enforcer = _enforcer(self._files)
        return self._enforcer


def _credentials(caller: Caller) -> dict[str, Any]:
    """The caller as a check sees them; Keystone's default makes every admin project so."""
    return {
        "user_id": caller.user_id,
        "project_id": caller.project_id,
        "tenant": caller.project_id,
        "tenant_id": caller.project_id,
        "roles": sorted(caller.roles),
        "user_domain_id": caller.user_domain_id,
        "project_domain_id": caller.project_domain_id,
        "is_admin": caller.is_admin,
        "is_admin_project": True,
    }


def _enforcer(files: tuple[Path, ...]) -> Any:
    # 0.15 s of start-up that a process without a request does without.
    from oslo_config import cfg
    from oslo_policy import policy

    conf = cfg.ConfigOpts()
    conf([], project="heat", default_config_files=[str(f) for f in files])
    made = policy.Enforcer(conf)
    made.register_defaults([policy.RuleDefault(rule.name, rule.check) for rule in DEFAULTS])
    return made
