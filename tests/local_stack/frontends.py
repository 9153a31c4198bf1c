"""Which frontends may use the local stack, as the exact lists that the product wants."""

from collections.abc import Iterable

# Where the usual tools serve: React and Next, Angular, Vite, and servers by hand.
PORTS = (3000, 3001, 4200, 5173, 5174, 8000, 8080)
_HOSTS = ("localhost", "127.0.0.1")
# Where a user may come back to after linking.
_PATHS = ("", "/", "/linked", "/callback")
USUAL = tuple(f"http://{host}:{port}" for port in PORTS for host in _HOSTS)


def frontend_parameters(more: Iterable[str] = ()) -> dict[str, str]:
    """Give the parameters of a deployment that lets in the usual origins and some more."""
    origins = list(dict.fromkeys([*USUAL, *(each.rstrip("/") for each in more)]))
    return {
        "AllowedOrigins": ",".join(origins),
        "LinkRedirectUris": ",".join(origin + path for origin in origins for path in _PATHS),
    }
