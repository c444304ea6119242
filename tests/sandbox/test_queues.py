"""Zaqar: queues, messages, claims."""

QUEUE = "/messaging/v2/queues/mail"
ME = "11111111-1111-4111-8111-111111111111"
OTHER = "22222222-2222-4222-8222-222222222222"


def post(demo, *bodies, client=ME):
    messages = [{"body": one, "ttl": 300} for one in bodies]
    return demo.ask("POST", f"{QUEUE}/messages", {"messages": messages}, Client_ID=client)


def listed(demo, query="echo=true", client=ME):
    found = demo.get(f"{QUEUE}/messages?{query}", Client_ID=client)["messages"]
    return [one["body"] for one in found]


def test_a_queue_is_made_by_its_first_use_and_keeps_the_order(demo):
    reply = post(demo, {"n": 1}, {"n": 2})

    assert reply.status == 201
    assert len(reply.json["resources"]) == 2
    assert listed(demo) == [{"n": 1}, {"n": 2}]


def test_a_client_does_not_hear_itself_unless_it_asks(demo):
    post(demo, "a", client=ME)

    assert listed(demo, "limit=5", ME) == []
    assert listed(demo, "limit=5", OTHER) == ["a"]


def test_a_client_names_itself(demo):
    assert demo.ask("PUT", QUEUE, {}).status == 400


def test_messages_are_removed_by_their_ids_or_popped(demo):
    post(demo, "a", "b", "c")
    first = demo.get(f"{QUEUE}/messages?echo=true&limit=1", Client_ID=ME)["messages"][0]

    demo.ask("DELETE", f"{QUEUE}/messages?ids={first['id']}", Client_ID=ME)
    popped = demo.ask("DELETE", f"{QUEUE}/messages?pop=1", Client_ID=ME).json

    assert [one["body"] for one in popped["messages"]] == ["b"]
    assert listed(demo) == ["c"]


def test_a_claim_hides_messages_until_it_ends(demo):
    post(demo, "a")
    claim = demo.ask("POST", f"{QUEUE}/claims", {"ttl": 60, "grace": 60}, Client_ID=ME)

    assert claim.status == 201
    assert listed(demo) == []
    assert demo.ask("POST", f"{QUEUE}/claims", {"ttl": 60}, Client_ID=OTHER).status == 204
    demo.wait(61)
    assert listed(demo) == ["a"]


def test_messages_end_with_their_time(demo):
    post(demo, "a")

    demo.wait(301)

    assert listed(demo) == []


def test_a_deleted_queue_takes_its_messages_along(demo):
    post(demo, "a")

    demo.ask("DELETE", QUEUE, Client_ID=ME)

    assert demo.ask("GET", QUEUE, Client_ID=ME).status == 404
    demo.ask("PUT", QUEUE, {}, Client_ID=ME)
    assert listed(demo) == []


def test_queues_of_two_projects_of_one_name_are_two(anyone, demo):
    post(demo, "a")
    other = anyone.login("alt_demo", "alt_demo")

    assert other.ask("GET", QUEUE, Client_ID=ME).status == 404
