"""Runs many commands of an unmodified client in one process: each start of it costs seconds.

Run by the clients' own Python. Reads a JSON list of arguments a line; answers with a JSON
document {code, out, err} a line.
"""

import contextlib
import io
import json
import signal
import sys
import traceback

FOLLOWED_S = 7


def run(arguments):
    """One command of `openstack`."""
    from openstackclient import shell

    if "--follow" in arguments:
        # It follows until somebody presses Ctrl-C.
        signal.signal(signal.SIGALRM, signal.default_int_handler)
        signal.alarm(FOLLOWED_S)
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = shell.main(arguments)
        except SystemExit as ended:
            code = ended.code
        except BaseException:
            traceback.print_exc(file=err)
            code = 99
    return {"code": code or 0, "out": out.getvalue(), "err": err.getvalue()}


def main():
    """Answer command after command until the input ends."""
    answers = sys.stdout
    for line in sys.stdin:
        answers.write(json.dumps(run(json.loads(line))) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
