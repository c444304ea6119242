import pytest

from hearth.cloud import (
    Ambiguous,
    BadRequest,
    Conflict,
    Failing,
    Forbidden,
    NotFound,
    ServerFault,
    TooMany,
    Unauthorized,
    Unavailable,
)
from hearth.cloud.errors import failure


@pytest.mark.parametrize(
    ("method", "status", "kind"),
    [
        ("POST", 400, BadRequest),
        ("GET", 401, Unauthorized),
        ("POST", 403, Forbidden),
        ("GET", 404, NotFound),
        ("DELETE", 409, Conflict),
        ("POST", 413, TooMany),
        ("POST", 429, TooMany),
        ("GET", 500, ServerFault),
        ("GET", 503, Unavailable),
        ("POST", 500, Ambiguous),
        ("DELETE", 503, Ambiguous),
        ("PUT", 422, BadRequest),
    ],
)
def test_a_status_means_an_error_by_what_was_asked(method: str, status: int, kind: type):
    error = failure(Failing("compute", method, "/servers", status, "no", "req-1"))

    assert type(error) is kind
    assert error.sentence == f"no (HTTP {status}) (Request-ID: req-1)"
