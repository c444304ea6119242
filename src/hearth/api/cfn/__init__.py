"""heat-api-cfn: signals by signed URLs, and what agents in servers ask for.

Who asks is known by a signature, which Keystone checks. Of the CloudFormation API's actions
DescribeStackResource is there; the others are refused in its own form of error.
"""

from hearth.api.cfn.app import make_app
from hearth.api.cfn.parts import Parts

__all__ = ["Parts", "make_app"]
