"""How a resource is called in sentences that clients know: a word for its type, and its name."""

from hearth.template.facade import is_template

_WITH_SERVICE = {
    "Aodh": """Alarm GnocchiAggregationByMetricsAlarm GnocchiAggregationByResourcesAlarm
        GnocchiResourcesAlarm""",
    "Cinder": "EncryptedVolumeType Quota Volume VolumeAttachment VolumeType",
    "Designate": "Domain Record RecordSet Zone",
    "Glance": "Image WebImage",
    "Keystone": """Domain Endpoint Group GroupRoleAssignment Project Region Role Service User
        UserRoleAssignment""",
    "Manila": "Share ShareNetwork ShareType",
    "Mistral": "ExternalResource",
    "Monasca": "AlarmDefinition Notification",
    "Neutron": "Quota",
    "Nova": "Flavor Quota",
    "Octavia": "Quota",
    "Swift": "Container",
    "Trove": "Cluster",
    "Zaqar": "Queue SignedQueueURL Subscription",
}
_OTHERWISE = {
    "AWS::AutoScaling::ScalingPolicy": "AWSScalingPolicy",
    "AWS::CloudFormation::Stack": "NestedStack",
    "AWS::EC2::EIP": "ElasticIp",
    "AWS::EC2::EIPAssociation": "ElasticIpAssociation",
    "AWS::S3::Bucket": "S3Bucket",
    "OS::Heat::AutoScalingGroup": "AutoScalingResourceGroup",
    "OS::Heat::HARestarter": "Restarter",
    "OS::Heat::None": "NoneResource",
    "OS::Heat::ScalingPolicy": "AutoScalingPolicy",
    "OS::Heat::Stack": "RemoteStack",
    "OS::Heat::WaitCondition": "HeatWaitCondition",
    "OS::Heat::WaitConditionHandle": "HeatWaitConditionHandle",
    "OS::Nova::FloatingIP": "NovaFloatingIp",
    "OS::Nova::FloatingIPAssociation": "NovaFloatingIpAssociation",
}


def written(kind: str, name: str) -> str:
    """A resource of a type as a sentence names it: NoneResource "x"."""
    return f'{_word(kind)} "{name}"'


def _word(kind: str) -> str:
    if is_template(kind):
        return "TemplateResource"
    if kind in _OTHERWISE:
        return _OTHERWISE[kind]
    space, _, last = kind.rpartition("::")
    service = space.removeprefix("OS::")
    return service + last if last in _WITH_SERVICE.get(service, "").split() else last
