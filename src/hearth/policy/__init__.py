"""Who may do what: oslo.policy's enforcer, with upstream's rule names and defaults as data.

Rule: a policy is asked with a Caller and a rule's name; nobody compares roles by hand.
"""

from hearth.policy.enforcer import Policy
from hearth.policy.rules import DEFAULTS, GUARDED_TYPES, Rule

__all__ = ["DEFAULTS", "GUARDED_TYPES", "Policy", "Rule"]
