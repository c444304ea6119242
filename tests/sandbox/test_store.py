from pathlib import Path

from hearth.sandbox.store import Document, Store


def test_a_refused_request_leaves_no_trace() -> None:
    store = Store(None)
    table = store.table("a.things", indexes=("color",))
    table.add({"id": "1", "color": "red"})
    store.commit()

    table.change("1", color="blue")
    table.add({"id": "2", "color": "red"})
    table.remove("1")
    store.undo()

    assert [one["id"] for one in table.where("color", "red")] == ["1"]
    assert table.where("color", "blue") == []
    assert len(table) == 1


def test_what_comes_due_is_settled_in_order_of_time() -> None:
    store = Store(None)
    seen: list[tuple[str, float]] = []
    times: list[float] = []

    def settle(document: Document) -> None:
        seen.append((document["id"], times[-1]))
        if document["id"] == "soon" and len(seen) == 1:
            table.change("soon", due=4.0)

    table = store.table("a.things", settle=settle)
    table.add({"id": "late", "due": 5.0})
    table.add({"id": "soon", "due": 1.0})
    table.add({"id": "never", "due": 9.0})

    store.settle(6.0, times.append)

    assert seen == [("soon", 1.0), ("soon", 4.0), ("late", 5.0)]
    assert store.next_due() == 9.0


def test_a_file_holds_what_was_committed_and_nothing_else(tmp_path: Path) -> None:
    path = str(tmp_path / "cloud.sqlite")
    store = Store(path)
    table = store.table("a.things", indexes=("color",))
    table.add({"id": "b", "color": "red", "data": b"\x00\xff"})
    table.add({"id": "a", "color": "red", "due": 3.0})
    table.add({"id": "c", "color": "red"})
    table.remove("c")
    store.commit()
    table.add({"id": "d", "color": "red"})
    store.close()

    again = Store(path)
    table = again.table("a.things", indexes=("color",))

    assert [one["id"] for one in table.where("color", "red")] == ["b", "a"]
    assert table.get("b") == {"id": "b", "color": "red", "data": b"\x00\xff"}
    assert again.next_due() == 3.0
    assert not again.fresh
