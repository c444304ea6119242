"""heat-api-cloudwatch: the CloudWatch API. Every action is refused in its own form of error."""

from hearth.api.query import Refusing

__all__ = ["make_app"]


def make_app() -> Refusing:
    """The application."""
    return Refusing("CloudWatch")
