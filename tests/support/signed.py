"""Asks an EC2 API as AWS's own clients do; run by the interpreter that has botocore.

    python signed.py VERSION ACCESS SECRET URL NAME=VALUE …

VERSION: 2, 4, or 4q for one whose signature is in the query. Prints the status and the body.
"""

import sys
import urllib.error
import urllib.request


def main() -> None:
    """Sign as told, send, and print what came back."""
    from botocore import auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    version, access, secret, url, *given = sys.argv[1:]
    credentials = Credentials(access, secret)
    params = dict(one.split("=", 1) for one in given)
    request = AWSRequest(method="GET", url=url, params=params)
    signer = {
        "2": lambda: auth.SigV2Auth(credentials),
        "4": lambda: auth.SigV4Auth(credentials, "cloudformation", "RegionOne"),
        "4q": lambda: auth.SigV4QueryAuth(credentials, "cloudformation", "RegionOne"),
    }[version]()
    signer.add_auth(request)
    ready = request.prepare()
    sent = urllib.request.Request(ready.url, headers=dict(ready.headers))
    try:
        with urllib.request.urlopen(sent, timeout=20) as reply:
            sys.stdout.write(f"{reply.status} {reply.read().decode()}")
    except urllib.error.HTTPError as error:
        sys.stdout.write(f"{error.code} {error.read().decode()}")


if __name__ == "__main__":
    main()
