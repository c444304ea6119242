"""Barbican: secrets that are kept, read and deleted."""

SECRETS = "/key-manager/v1/secrets"


def test_a_secret_is_kept_until_it_is_deleted(anyone, demo):
    made = demo.post(
        SECRETS, {"name": "mine", "payload": "hush", "payload_content_type": "text/plain"}
    )
    ident = made["secret_ref"].rpartition("/")[2]

    listed = demo.get(SECRETS)
    shown = demo.get(f"{SECRETS}/{ident}")
    reply = demo.ask("GET", f"{SECRETS}/{ident}/payload")
    demo.delete(f"{SECRETS}/{ident}")

    assert (listed["total"], shown["name"]) == (1, "mine")
    assert "hush" not in str(shown)
    assert reply.body == b"hush"
    assert demo.refused("GET", f"{SECRETS}/{ident}/payload") == 404


def test_a_secret_is_its_projects_alone(anyone, demo):
    made = demo.post(SECRETS, {"payload": "hush"})
    other = anyone.login("alt_demo", "alt_demo")

    assert other.refused("GET", f"{SECRETS}/{made['secret_ref'].rpartition('/')[2]}") == 404
    assert other.get(SECRETS)["total"] == 0


def test_what_is_no_secret_is_refused(demo):
    assert demo.refused("POST", SECRETS, {"payload": 7}) == 400
    assert demo.refused("POST", SECRETS, {"payload": "x" * 30_000}) == 413
    wrong = {"payload": "?", "payload_content_encoding": "base64"}
    assert demo.refused("POST", SECRETS, wrong) == 400
