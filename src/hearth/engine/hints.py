"""What hearth knows about a failure beyond what the service said of it. Pure; never a guess."""

import re

from hearth.cloud import (
    Ambiguous,
    CloudError,
    Conflict,
    Forbidden,
    NoService,
    TooMany,
    TrustGone,
    Unauthorized,
    Unavailable,
)
from hearth.kit import InError


def hint(error: BaseException) -> str:
    """A sentence that helps, or nothing."""
    text = str(error)
    if isinstance(error, CloudError | InError):
        for pattern, words in _BY_WORDS:
            if pattern.search(text):
                return words
    if isinstance(error, CloudError) and error.code in _BY_CODE:
        return _BY_CODE[error.code]
    for kind, words in _BY_KIND:
        if isinstance(error, kind):
            return words
    return ""


_BY_WORDS = (
    (
        re.compile(r"no valid host", re.IGNORECASE),
        (
            "No compute host has room for the server where it may go: a smaller flavor, another "
            "zone or fewer scheduler hints may do."
        ),
    ),
    (
        re.compile(r"quota \w*\s?exceeded|exceed\w* .{0,60}quota|over quota", re.IGNORECASE),
        (
            "The project's quota is used up: delete what is not needed, or have it raised "
            "(`openstack quota show`)."
        ),
    ),
    (
        re.compile(r"no more ip addresses", re.IGNORECASE),
        "The subnet's addresses are all taken: another subnet, or a larger pool, has some.",
    ),
    (
        re.compile(r"cidr.*overlap", re.IGNORECASE),
        "Two subnets of one network must not share addresses: choose another cidr.",
    ),
)
_BY_CODE = {
    "IpAddressInUse": "Another port has this address: give no address, or one that is free.",
    "PortInUse": "The port belongs to something else: detach it there first.",
    "NetworkInUse": "Something is still plugged into the network.",
    "SubnetInUse": "Something still has an address of the subnet.",
    "RouterInUse": "The router still has interfaces.",
    "SecurityGroupInUse": "A port still has the security group.",
}
_BY_KIND: tuple[tuple[type[BaseException], str], ...] = (
    (
        TrustGone,
        (
            "What was delegated to the orchestration service is gone: update the stack as a user "
            "of the project, and a new trust is made."
        ),
    ),
    (Unauthorized, "The service does not accept the token of the stack's owner."),
    (Forbidden, "The stack's owner has no role that allows this."),
    (NoService, "`openstack catalog list` shows the services of this cloud."),
    (TooMany, "The service asks for fewer requests; it was given time, and that was not enough."),
    (Unavailable, "The service was asked several times, and it did not answer."),
    (
        Ambiguous,
        (
            "The service did not say whether it had done it. What it has made is found again when "
            "the stack is next updated or deleted."
        ),
    ),
    (Conflict, "Something was in the way, also after several attempts."),
)
