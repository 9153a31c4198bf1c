"""Whom we trust: the public authorities, parsed once for all connections of a process."""

import ssl
from functools import cache

import certifi
from urllib3.util import ssl_


@cache
def public_authorities() -> ssl.SSLContext:
    """Give the context of every TLS connection: certificates and host names are checked.

    To parse the whole bundle takes some 25 ms of a processor, far more than a handshake.
    """
    context = ssl_.create_urllib3_context()
    context.load_verify_locations(certifi.where())
    return context
