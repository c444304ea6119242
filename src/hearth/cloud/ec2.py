"""Signing a URL as EC2's clients do, version 2: who has it may do the one thing it names. Pure.

The path is signed as a server sees it, unquoted; the host with its port, in lower case.
"""

import hmac
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from urllib.parse import quote, unquote, urlsplit


def signed_url(verb: str, url: str, access: str, secret: str) -> str:
    """The URL with a signature that holds for this verb, for as long as the key does."""
    params = {
        "SignatureMethod": "HmacSHA256",
        "AWSAccessKeyId": access,
        "SignatureVersion": "2",
    }
    where = urlsplit(url)
    signature = signature_v2(verb, where.netloc, unquote(where.path), params, secret)
    query = canonical({**params, "Signature": signature})
    return f"{url}?{query}"


def signature_v2(verb: str, host: str, path: str, params: Mapping[str, str], secret: str) -> str:
    """The signature of a request."""
    text = f"{verb}\n{host.lower()}\n{path}\n{canonical(params)}"
    return b64encode(hmac.new(secret.encode(), text.encode(), sha256).digest()).decode()


def canonical(params: Mapping[str, str]) -> str:
    """Parameters in the one order and the one spelling that is signed."""
    return "&".join(
        f"{quote(key, safe='')}={quote(params[key], safe='-_~')}" for key in sorted(params)
    )
