TOKENS = "/identity/v3/auth/tokens"


def shown(client, subject):
    return client.ask("GET", TOKENS, X_Subject_Token=subject)


def test_a_wrong_password_is_refused_with_a_challenge(anyone):
    user = {"name": "demo", "password": "wrong", "domain": {"id": "default"}}
    identity = {"methods": ["password"], "password": {"user": user}}

    reply = anyone.ask("POST", TOKENS, {"auth": {"identity": identity}})

    assert reply.status == 401
    assert "www-authenticate" in reply.headers
    assert reply.json["error"]["code"] == 401


def test_a_token_says_who_for_what_and_where_the_services_are(demo):
    token = shown(demo, demo.token).json["token"]

    assert token["user"]["name"] == "demo"
    assert token["project"]["name"] == "demo"
    assert {one["name"] for one in token["roles"]} == {"member", "reader", "heat_stack_owner"}
    urls = {one["type"]: one["endpoints"][0]["url"] for one in token["catalog"]}
    assert urls["compute"] == "http://127.0.0.1:8005/compute/v2.1"
    assert urls["orchestration"].endswith("/v1/" + token["project"]["id"])


def test_only_its_owner_and_services_may_look_at_a_token(demo, other, anyone):
    service = anyone.login("heat", "service")

    assert shown(service, demo.token).status == 200
    assert shown(other, demo.token).status == 403
    assert shown(service, "nonsense").status == 404


def test_a_token_ends_when_it_expires_and_when_it_is_revoked(demo, anyone):
    service = anyone.login("heat", "service")
    second = anyone.login("demo", "demo")

    demo.ask("DELETE", TOKENS, X_Subject_Token=second.token)

    assert shown(service, second.token).status == 404
    assert shown(service, demo.token).status == 200
    demo.wait(86400)
    assert demo.refused("GET", "/identity/v3/auth/projects") == 401


def test_a_request_without_a_token_is_challenged(anyone):
    reply = anyone.ask("GET", "/compute/v2.1/servers")

    assert reply.status == 401
    assert reply.headers["www-authenticate"].startswith("Keystone uri=")


def test_an_unscoped_token_leads_to_a_scoped_one(anyone):
    unscoped = anyone.login("demo", unscoped={})
    project = unscoped.get("/identity/v3/auth/projects")["projects"][0]
    identity = {"methods": ["token"], "token": {"id": unscoped.token}}
    auth = {"identity": identity, "scope": {"project": {"id": project["id"]}}}

    scoped = anyone.enter({"auth": auth})

    assert shown(scoped, scoped.token).json["token"]["methods"] == ["token", "password"]
    assert scoped.get("/compute/v2.1/servers") == {"servers": []}


def test_only_administrators_manage_users(admin, demo):
    body = {"user": {"name": "carol", "password": "x", "domain_id": "default"}}

    assert demo.refused("POST", "/identity/v3/users", body) == 403
    assert admin.post("/identity/v3/users", body)["user"]["name"] == "carol"
    assert admin.refused("POST", "/identity/v3/users", body) == 409


def test_a_role_that_is_taken_away_ends_the_tokens_that_carry_it(admin, demo):
    token = shown(demo, demo.token).json["token"]
    user, project = token["user"]["id"], token["project"]["id"]
    role = next(one["id"] for one in token["roles"] if one["name"] == "member")

    admin.delete(f"/identity/v3/projects/{project}/users/{user}/roles/{role}")

    assert demo.refused("GET", "/identity/v3/auth/projects") == 401


def test_the_domain_admin_makes_users_in_its_domain(anyone):
    keeper = anyone.login("heat_domain_admin", domain={"name": "heat"})
    domain = shown(keeper, keeper.token).json["token"]["domain"]["id"]

    project = keeper.post(
        "/identity/v3/projects", {"project": {"name": "stack-1", "domain_id": domain}}
    )["project"]
    user = keeper.post(
        "/identity/v3/users", {"user": {"name": "server-1", "domain_id": domain, "password": "p"}}
    )["user"]
    roles = keeper.get("/identity/v3/roles?name=heat_stack_user")["roles"]
    path = f"/identity/v3/projects/{project['id']}/users/{user['id']}/roles/{roles[0]['id']}"

    assert keeper.ask("PUT", path).status == 204
    assert keeper.ask("HEAD", path).status == 204


def test_deleting_a_user_takes_its_credentials_along(admin):
    user = admin.post("/identity/v3/users", {"user": {"name": "carol", "password": "x"}})["user"]
    blob = '{"access": "a", "secret": "s"}'
    project = shown(admin, admin.token).json["token"]["project"]["id"]
    credential = {"type": "ec2", "blob": blob, "user_id": user["id"], "project_id": project}
    admin.post("/identity/v3/credentials", {"credential": credential})

    admin.delete("/identity/v3/users/" + user["id"])

    assert admin.get("/identity/v3/credentials")["credentials"] == []


def test_discovery_documents_need_no_token(anyone):
    assert anyone.ask("GET", "/identity").status == 300
    assert anyone.get("/identity/v3")["version"]["id"] == "v3.14"
    assert anyone.get("/identity/v3/")["version"]["status"] == "stable"
