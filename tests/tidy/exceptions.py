"""Every place that a rule excuses, as `module:function`, with its reason. `*` matches anything.

An entry that matches nothing any more must go: a test says so.
"""

# Where everything may be caught: the top of a process, or of a step.
BROAD_EXCEPTS: dict[str, str] = {
    "hearth.bus.answering:answer": "the top of a command; the next one must still be served",
    "hearth.engine.poll:*": "the top of a look; who waits is told, and the others are looked at",
    "hearth.engine.runner:Runner._perform": "the top of a step; its fault is the step's outcome",
    "hearth.engine.worker:Worker._drive": "the top of a run; the others go on",
    "hearth.store.committer:Committer.commit": "a driver may raise anything; one entry's fault",
    "hearth.store.leases:Renewal._run": "the top of a thread; the next renewal must still come",
    "hearth.store.writer:Writer._commit_some": "the top of a batch; the next must be written",
    "hearth.sandbox.guests.player:Guests._turn": "the top of a guest; the others go on",
    "hearth.serve.expressions.program:main": "the top of a request in a process of its own",
    "hearth.serve.expressions.program:Yaql.syntax": "a parser may raise anything; it is told",
    "hearth.serve.workers:_forked": "the top of a worker's process; its fault is logged",
    "hearth.cli.ending:run": "the top of a process; a fault is told in a sentence",
}

# Where something may be imported late: only to keep start-up fast.
LATE_IMPORTS: dict[str, str] = {
    "hearth.api.keystone:_middleware": "keystonemiddleware costs 0.3 s, spent after the start",
    "hearth.config:load": "oslo.config costs 0.1 s; without a file nothing needs it",
    "hearth.config:default_files": "as `load`: only a service without --config-file asks",
    "hearth.cloud.keystone:*": "keystoneauth1 costs 0.15 s, spent when the first token is needed",
    "hearth.serve.expressions.program:Yaql.*": "yaql costs 0.4 s, spent in the worker alone",
    "hearth.policy.enforcer:_enforcer": "oslo.policy costs 0.15 s; the first request loads it",
    "hearth.cli.client:*": "keystoneauth1 costs 0.15 s; `heat --help` does without",
    "hearth.cli.daemons:*": "the services' libraries cost a second; `--help` does without",
    "hearth.cli.services:*": "the services' libraries cost a second; `hearth down` does without",
    "hearth.cli.tools:*": "types and the language server cost a second; the others do without",
    "hearth.cli.watching:*": "rich costs 0.06 s, and only a terminal needs it",
}

# Tests that wait in real time: for another process, of which nothing tells when it is done.
SLEEPS: dict[str, str] = {
    "tests.simulation.*": "its loop's time is virtual: it jumps instead of passing",
}
