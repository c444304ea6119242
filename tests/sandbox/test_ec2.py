"""Signatures that botocore 1.44 made, and what they are exchanged for."""

from datetime import UTC, datetime
from hashlib import sha256

import msgspec
import pytest

ACCESS, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
SIGNED_AT = datetime(2026, 11, 22, 10, tzinfo=UTC).timestamp()
SCOPE = "AKIDEXAMPLE/20261122/RegionOne/cloudformation/aws4_request"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
STAMP = {"X-Amz-Date": "20261122T100000Z"}
BODY = "Action=ListStacks&Version=2010-05-15"
SECOND = {
    "AWSAccessKeyId": ACCESS,
    "SignatureVersion": "2",
    "SignatureMethod": "HmacSHA256",
    "Timestamp": "2026-11-22T10:00:00Z",
}


def authorization(names, signature):
    words = f"Credential={SCOPE}, SignedHeaders={names}, Signature={signature}"
    return {"Authorization": f"AWS4-HMAC-SHA256 {words}"}


def request(verb, params, signature, headers=(), body=""):
    return {
        "access": ACCESS,
        "signature": signature,
        "host": "127.0.0.1:8000",
        "verb": verb,
        "path": "/v1/",
        "params": params,
        "headers": dict(headers),
        "body_hash": sha256(body.encode()).hexdigest(),
    }


FOURTH = "dd26eb2ed9d585075015726ac44a6fc6f1cd60deda1682144ad603b5ba1cb201"
FOURTH_POST = "10e09140a71aae2c59133658ab4a0e59879fbdd97f2ab2b2cf0736c6396c4644"
FOURTH_QUERY = "65250faaf1773f3ad1e04ad75b47a8f284c5442daadb5f5321c7006e8867fa37"
SECOND_GET = "PMbqw9Hw2MufbiJsvYZe04kM/hdJ+VrO5fP33bFEhEs="
SECOND_POST = "xYUk8Zs8RjH+XUFyyFx3Yd2dW/ZrvLPnspOMKDMve0k="
WHAT = {"Action": "ListStacks", "StackName": "a~b c/d"}
SHOWN = {"Action": "DescribeStackResource", "StackName": "web", "LogicalResourceId": "a b"}
QUERY = {
    "Action": "ListStacks",
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": SCOPE,
    "X-Amz-Date": "20261122T100000Z",
    "X-Amz-Expires": "600",
    "X-Amz-SignedHeaders": "host",
    "X-Amz-Signature": FOURTH_QUERY,
}
GOOD = {
    "fourth, by a header": request(
        "GET", SHOWN, FOURTH, {**authorization("host;x-amz-date", FOURTH), **STAMP}
    ),
    "fourth, of a form": request(
        "POST",
        {"Action": "ListStacks", "Version": "2010-05-15"},
        FOURTH_POST,
        {**authorization("content-type;host;x-amz-date", FOURTH_POST), **STAMP, **FORM},
        BODY,
    ),
    "fourth, in the query": request("GET", QUERY, FOURTH_QUERY),
    "second": request("GET", {**WHAT, **SECOND, "Signature": SECOND_GET}, SECOND_GET),
    "second, of a form": request("POST", {**WHAT, **SECOND}, SECOND_POST),
}


@pytest.fixture
def heat(anyone):
    anyone.clock.time = SIGNED_AT
    demo = anyone.login("demo", "demo")
    mine = demo.get("/identity/v3/auth/tokens", X_Subject_Token=demo.token)["token"]
    wanted = {
        "type": "ec2",
        "blob": msgspec.json.encode({"access": ACCESS, "secret": SECRET}).decode(),
        "user_id": mine["user"]["id"],
        "project_id": mine["project"]["id"],
    }
    demo.post("/identity/v3/credentials", {"credential": wanted})
    return anyone.login("heat", "service")


def exchange(client, wanted):
    return client.ask("POST", "/identity/v3/ec2tokens", {"ec2Credentials": wanted})


@pytest.mark.parametrize("how", GOOD)
def test_a_good_signature_gives_its_signers_token(heat, how):
    reply = exchange(heat, GOOD[how])

    assert reply.status == 200, reply.body
    assert reply.json["token"]["user"]["name"] == "demo"
    assert reply.json["token"]["project"]["name"] == "demo"
    shown = heat.get("/identity/v3/auth/tokens", X_Subject_Token=reply.headers["x-subject-token"])
    assert "member" in {role["name"] for role in shown["token"]["roles"]}


@pytest.mark.parametrize("how", GOOD)
def test_another_path_is_not_what_was_signed(heat, how):
    assert exchange(heat, GOOD[how] | {"path": "/v1/other"}).status == 401


def test_an_unknown_key_and_a_missing_signature_are_told_apart(heat):
    unknown = exchange(heat, GOOD["second"] | {"access": "nobody"})
    unsigned = exchange(heat, GOOD["second"] | {"signature": ""})

    assert "EC2 access key not found." in unknown.json["error"]["message"]
    assert "EC2 signature not supplied." in unsigned.json["error"]["message"]


def test_what_names_its_time_ends_after_a_quarter_of_an_hour(heat):
    heat.wait(901)

    assert exchange(heat, GOOD["second"]).status == 401


def test_only_services_may_exchange_signatures(anyone, heat):
    demo = anyone.login("demo", "demo")

    assert exchange(demo, GOOD["second"]).status == 403
