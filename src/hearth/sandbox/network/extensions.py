"""The extensions that the service offers, by alias."""

from typing import Any

EXTENSIONS = (
    "address-scope", "agent", "agent-resources-synced", "allowed-address-pairs",
    "auto-allocated-topology", "availability_zone", "availability_zone_filter", "binding",
    "binding-extended", "default-subnetpools", "dhcp_agent_scheduler", "dns-domain-ports",
    "dns-integration", "dvr", "empty-string-filtering", "expose-port-forwarding-in-fip",
    "ext-gw-mode", "external-net", "extra_dhcp_opt", "extraroute", "extraroute-atomic",
    "filter-validation", "fip-port-details", "floating-ip-port-forwarding",
    "floating-ip-port-forwarding-description", "ip_allocation", "ip-substring-filtering",
    "l2_adjacency", "l3-ha", "l3_agent_scheduler", "multi-provider", "net-mtu",
    "net-mtu-writable", "network_availability_zone", "network-ip-availability", "pagination",
    "port-mac-address-regenerate", "port-security", "project-id", "provider", "qos", "qos-bw-limit-direction",
    "qos-bw-minimum-ingress", "qos-default", "qos-fip", "qos-pps-minimum", "qos-rule-type-details",
    "quota_details", "quotas", "rbac-address-scope", "rbac-policies", "rbac-security-groups",
    "rbac-subnetpool", "revision-if-match", "router", "router_availability_zone",
    "security-group", "security-groups-normalized-cidr", "security-groups-remote-address-group",
    "segment", "service-type", "sorting", "standard-attr-description",
    "standard-attr-revisions", "standard-attr-segment", "standard-attr-tag",
    "standard-attr-timestamp", "stateful-security-group", "subnet_allocation",
    "subnet-dns-publish-fixed-ip", "subnet-segmentid-writable", "subnet-service-types",
    "tag-ports-during-bulk-creation", "trunk", "trunk-details", "uplink-status-propagation",
)


def extension(alias: str) -> dict[str, Any]:
    """An extension as the API shows it."""
    return {
        "alias": alias, "name": alias.replace("_", " ").replace("-", " ").capitalize(),
        "description": f"The {alias} extension.", "updated": "2016-01-01T00:00:00-00:00",
        "links": [],
    }
