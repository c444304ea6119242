import pytest

TRUSTS = "/identity/v3/OS-TRUST/trusts"


def me(client):
    return client.get("/identity/v3/auth/tokens", X_Subject_Token=client.token)["token"]


@pytest.fixture
def heat(anyone):
    return anyone.login("heat", "service")


def wish(demo, heat, *roles, **more):
    mine = me(demo)
    return {
        "trust": {
            "trustor_user_id": mine["user"]["id"],
            "trustee_user_id": me(heat)["user"]["id"],
            "project_id": mine["project"]["id"],
            "impersonation": True,
            "roles": [{"name": one} for one in roles],
            **more,
        }
    }


def by_trust(anyone, trust_id):
    user = {"name": "heat", "password": "secret", "domain": {"name": "Default"}}
    identity = {"methods": ["password"], "password": {"user": user}}
    return {"auth": {"identity": identity, "scope": {"OS-TRUST:trust": {"id": trust_id}}}}


def test_a_trustee_acts_as_its_trustor_with_the_trusts_roles(anyone, demo, heat):
    trust = demo.post(TRUSTS, wish(demo, heat, "member"))["trust"]

    acting = anyone.enter(by_trust(anyone, trust["id"]))

    token = me(acting)
    assert token["user"]["name"] == "demo"
    assert token["project"]["name"] == "demo"
    assert {one["name"] for one in token["roles"]} == {"member", "reader"}
    assert token["OS-TRUST:trust"]["id"] == trust["id"]


def test_a_trust_hands_on_no_role_that_its_trustor_lacks(demo, heat):
    assert demo.refused("POST", TRUSTS, wish(demo, heat, "admin")) == 403


def test_nobody_makes_a_trust_for_another(demo, heat):
    assert heat.refused("POST", TRUSTS, wish(demo, heat, "member")) == 403


def test_a_deleted_trust_ends_its_tokens(anyone, demo, heat):
    trust = demo.post(TRUSTS, wish(demo, heat, "member"))["trust"]
    acting = anyone.enter(by_trust(anyone, trust["id"]))

    demo.delete(f"{TRUSTS}/{trust['id']}")

    assert acting.refused("GET", "/compute/v2.1/servers") == 401
    assert anyone.refused("POST", "/identity/v3/auth/tokens", by_trust(anyone, trust["id"])) == 401


def test_a_trust_ends_at_its_time(anyone, demo, heat):
    expires = "2023-11-14T22:14:20.000000Z"
    trust = demo.post(TRUSTS, wish(demo, heat, "member", expires_at=expires))["trust"]
    acting = anyone.enter(by_trust(anyone, trust["id"]))

    demo.wait(60)

    assert acting.refused("GET", "/compute/v2.1/servers") == 401
    assert demo.refused("GET", f"{TRUSTS}/{trust['id']}") == 404


def test_both_ends_see_a_trust_and_others_do_not(demo, heat, other):
    trust = demo.post(TRUSTS, wish(demo, heat, "member"))["trust"]
    path = f"{TRUSTS}/{trust['id']}"

    assert demo.get(path)["trust"]["roles"][0]["name"] == "member"
    assert heat.ask("GET", path).status == 200
    assert other.refused("GET", path) == 403


def application(anyone, demo, **more):
    path = f"/identity/v3/users/{me(demo)['user']['id']}/application_credentials"
    made = demo.post(path, {"application_credential": {"name": "ci", **more}})
    credential = made["application_credential"]
    given = {"id": credential["id"], "secret": credential["secret"]}
    identity = {"methods": ["application_credential"], "application_credential": given}
    return anyone.enter({"auth": {"identity": identity}})


def test_a_restricted_application_credential_makes_no_trusts(anyone, demo, heat):
    restricted = application(anyone, demo)

    assert restricted.ask("GET", "/compute/v2.1/servers").status == 200
    assert restricted.refused("POST", TRUSTS, wish(demo, heat, "member")) == 403


def test_an_unrestricted_application_credential_makes_trusts(anyone, demo, heat):
    unrestricted = application(anyone, demo, unrestricted=True)

    assert unrestricted.post(TRUSTS, wish(demo, heat, "member"))["trust"]["impersonation"]


def test_a_trust_is_handed_on_only_where_that_was_allowed(anyone, demo, heat):
    plain = demo.post(TRUSTS, wish(demo, heat, "member"))["trust"]
    handed = demo.post(TRUSTS, wish(demo, heat, "member", allow_redelegation=True))["trust"]

    refused = anyone.enter(by_trust(anyone, plain["id"]))
    acting = anyone.enter(by_trust(anyone, handed["id"]))
    again = acting.post(TRUSTS, wish(acting, heat, "member"))["trust"]

    assert refused.refused("POST", TRUSTS, wish(refused, heat, "member")) == 403
    assert acting.refused("POST", TRUSTS, wish(acting, heat, "member", "reader")) == 403
    assert (handed["redelegation_count"], again["redelegation_count"]) == (3, 0)
    assert again["redelegated_trust_id"] == handed["id"]


def test_with_a_trust_go_those_that_were_made_with_it(anyone, demo, heat):
    handed = demo.post(TRUSTS, wish(demo, heat, "member", allow_redelegation=True))["trust"]
    acting = anyone.enter(by_trust(anyone, handed["id"]))
    again = acting.post(TRUSTS, wish(acting, heat, "member"))["trust"]

    demo.delete(f"{TRUSTS}/{handed['id']}")

    assert demo.refused("GET", f"{TRUSTS}/{again['id']}") == 404


def test_a_trust_does_not_outlast_the_one_that_it_is_made_with(anyone, demo, heat):
    end = {"allow_redelegation": True, "expires_at": "3000-01-01T00:00:00.000000Z"}
    handed = demo.post(TRUSTS, wish(demo, heat, "member", **end))["trust"]
    acting = anyone.enter(by_trust(anyone, handed["id"]))

    later = wish(acting, heat, "member", expires_at="3000-01-01T00:00:01.000000Z")
    before = wish(acting, heat, "member", expires_at="2999-12-31T00:00:00.000000Z")

    assert acting.refused("POST", TRUSTS, later) == 403
    assert acting.post(TRUSTS, before)["trust"]["expires_at"].startswith("2999-12-31")
    inherited = acting.post(TRUSTS, wish(acting, heat, "member"))["trust"]
    assert inherited["expires_at"] == handed["expires_at"]
