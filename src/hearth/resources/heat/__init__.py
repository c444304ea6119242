"""The types of orchestration itself: what has no service behind it."""

from hearth.kit import ResourceType
from hearth.resources.heat.access_policy import AccessPolicy
from hearth.resources.heat.auto_scaling_group import AutoScalingGroup
from hearth.resources.heat.aws_auto_scaling_group import AwsAutoScalingGroup
from hearth.resources.heat.aws_scaling_policy import AwsScalingPolicy
from hearth.resources.heat.cloud_config import CloudConfig
from hearth.resources.heat.cloudformation_stack import CloudFormationStack
from hearth.resources.heat.delay import Delay
from hearth.resources.heat.deployed_server import DeployedServer
from hearth.resources.heat.ha_restarter import HARestarter
from hearth.resources.heat.instance_group import InstanceGroup
from hearth.resources.heat.launch_configuration import LaunchConfiguration
from hearth.resources.heat.multipart_mime import MultipartMime
from hearth.resources.heat.none import NoneType
from hearth.resources.heat.random_string import RandomString
from hearth.resources.heat.remote_stack import RemoteStack
from hearth.resources.heat.resource_chain import ResourceChain
from hearth.resources.heat.resource_group import ResourceGroup
from hearth.resources.heat.scaling_policy import ScalingPolicy
from hearth.resources.heat.signed_handle import SignedHandle, UpdateWaitConditionHandle
from hearth.resources.heat.software_component import SoftwareComponent
from hearth.resources.heat.software_config import SoftwareConfig
from hearth.resources.heat.software_deployment import SoftwareDeployment
from hearth.resources.heat.software_deployment_group import (
    SoftwareDeploymentGroup,
    SoftwareDeployments,
)
from hearth.resources.heat.structured_config import StructuredConfig
from hearth.resources.heat.structured_deployment import StructuredDeployment
from hearth.resources.heat.structured_deployment_group import (
    StructuredDeploymentGroup,
    StructuredDeployments,
)
from hearth.resources.heat.swift_signal import SwiftSignal, SwiftSignalHandle
from hearth.resources.heat.test_resource import TestResource
from hearth.resources.heat.value import ValueType
from hearth.resources.heat.wait_condition import SignedCondition, WaitCondition
from hearth.resources.heat.wait_condition_handle import WaitConditionHandle

TYPES: tuple[type[ResourceType], ...] = (
    CloudConfig,
    MultipartMime,
    AccessPolicy,
    AutoScalingGroup,
    LaunchConfiguration,
    InstanceGroup,
    CloudFormationStack,
    AwsScalingPolicy,
    AwsAutoScalingGroup,
    Delay,
    DeployedServer,
    HARestarter,
    NoneType,
    RandomString,
    RemoteStack,
    ResourceChain,
    ResourceGroup,
    ScalingPolicy,
    SignedCondition,
    SignedHandle,
    SoftwareComponent,
    SoftwareConfig,
    SoftwareDeployment,
    SoftwareDeploymentGroup,
    SoftwareDeployments,
    StructuredConfig,
    StructuredDeployment,
    StructuredDeploymentGroup,
    StructuredDeployments,
    SwiftSignal,
    SwiftSignalHandle,
    TestResource,
    UpdateWaitConditionHandle,
    ValueType,
    WaitCondition,
    WaitConditionHandle,
)

__all__ = [
    "TYPES",
    "AccessPolicy",
    "AutoScalingGroup",
    "AwsAutoScalingGroup",
    "AwsScalingPolicy",
    "CloudConfig",
    "CloudFormationStack",
    "Delay",
    "DeployedServer",
    "HARestarter",
    "InstanceGroup",
    "LaunchConfiguration",
    "MultipartMime",
    "NoneType",
    "RandomString",
    "RemoteStack",
    "ResourceChain",
    "ResourceGroup",
    "ScalingPolicy",
    "SignedCondition",
    "SignedHandle",
    "SoftwareComponent",
    "SoftwareConfig",
    "SoftwareDeployment",
    "SoftwareDeploymentGroup",
    "SoftwareDeployments",
    "StructuredConfig",
    "StructuredDeployment",
    "StructuredDeploymentGroup",
    "StructuredDeployments",
    "SwiftSignal",
    "SwiftSignalHandle",
    "TestResource",
    "UpdateWaitConditionHandle",
    "ValueType",
    "WaitCondition",
    "WaitConditionHandle",
]
