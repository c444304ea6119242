"""The rules and their defaults, as data. Names and checks equal upstream's."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule's name, and the check that holds unless a policy file says another."""

    name: str
    check: str


_READER = "role:reader and project_id:%(project_id)s"
_MEMBER = "role:member and project_id:%(project_id)s"
_STACK_USER = "role:heat_stack_user and project_id:%(project_id)s"
_READER_OR_STACK_USER = f"({_READER}) or ({_STACK_USER})"

_BASE = {
    "context_is_admin": "(role:admin and is_admin_project:True)",
    "project_admin": "role:admin",
    "deny_stack_user": "not role:heat_stack_user",
    "deny_everybody": "!",
    "allow_everybody": "",
}

_CHECKS: dict[str, dict[str, str]] = {
    "rule:deny_everybody": {"stacks": "global_index", "software_configs": "global_index"},
    "role:admin": {"service": "index"},
    _READER: {
        "actions": "check",
        "build_info": "build_info",
        "events": "index show",
        "resource": "index show",
        "stacks": "detail environment files index list_outputs list_resource_types list_snapshots"
        " list_template_functions list_template_versions preview resource_schema show show_output"
        " show_snapshot template",
        "software_configs": "index show",
        "software_deployments": "index show",
        "cloudformation": "DescribeStackEvents DescribeStackResources DescribeStacks"
        " EstimateTemplateCost GetTemplate ListStackResources ListStacks ValidateTemplate",
    },
    _MEMBER: {
        "actions": "action snapshot suspend resume cancel_update cancel_without_rollback",
        "resource": "mark_unhealthy",
        "stacks": "abandon create delete delete_snapshot export generate_template preview_update"
        " preview_update_patch restore_snapshot snapshot update update_patch validate_template",
        "software_configs": "create delete",
        "software_deployments": "create update delete",
        "cloudformation": "CancelUpdateStack CreateStack DeleteStack UpdateStack",
    },
    "rule:stacks:update_patch": {"stacks": "update_no_change"},
    _READER_OR_STACK_USER: {
        "resource": "metadata signal",
        "stacks": "lookup",
        "software_deployments": "metadata",
        "cloudformation": "DescribeStackResource",
    },
    "rule:deny_stack_user": {
        "cloudwatch": "DeleteAlarms DescribeAlarmHistory DescribeAlarms DescribeAlarmsForMetric"
        " DisableAlarmActions EnableAlarmActions GetMetricStatistics ListMetrics PutMetricAlarm"
        " SetAlarmState",
    },
    "rule:allow_everybody": {"cloudwatch": "PutMetricData"},
}

GUARDED_TYPES: tuple[str, ...] = (
    "OS::Nova::Flavor",
    "OS::Nova::HostAggregate",
    "OS::Nova::Quota",
    "OS::Cinder::EncryptedVolumeType",
    "OS::Cinder::VolumeType",
    "OS::Cinder::Quota",
    "OS::Cinder::QoSAssociation",
    "OS::Cinder::QoSSpecs",
    "OS::Neutron::ProviderNet",
    "OS::Neutron::QoSBandwidthLimitRule",
    "OS::Neutron::QoSDscpMarkingRule",
    "OS::Neutron::QoSMinimumBandwidthRule",
    "OS::Neutron::QoSMinimumPacketRateRule",
    "OS::Neutron::QoSPolicy",
    "OS::Neutron::Quota",
    "OS::Neutron::Segment",
    "OS::Octavia::AvailabilityZone",
    "OS::Octavia::AvailabilityZoneProfile",
    "OS::Octavia::Flavor",
    "OS::Octavia::FlavorProfile",
    "OS::Octavia::Quota",
    "OS::Manila::ShareType",
    "OS::Blazar::Host",
    "OS::Keystone::*",
)
"""Types (or families, by a star) that only an administrator may use by default."""


def _defaults() -> tuple[Rule, ...]:
    base = [Rule(name, check) for name, check in _BASE.items()]
    actions = [
        Rule(f"{scope}:{action}", check)
        for check, scopes in _CHECKS.items()
        for scope, names in scopes.items()
        for action in names.split()
    ]
    types = [Rule(f"resource_types:{name}", "rule:project_admin") for name in GUARDED_TYPES]
    return (*base, *actions, *types)


DEFAULTS = _defaults()
