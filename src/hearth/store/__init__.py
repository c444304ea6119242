"""The database: tables, one module of queries per noun, the writer, leases, migrations.

Rule: what changes something goes through `Store.write` as a batch of changes, and is durable when
that returns; queries are plain functions over a connection, run by `Store.read`.
"""
