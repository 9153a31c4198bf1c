"""What pip was told about a company's network, in the words of uv, which does not ask pip.

Needs nothing but the standard library, of any Python 3 that is still used.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

# Of pip's settings; several values are separated by spaces there.
_NAMES = {
    "index-url": ("UV_DEFAULT_INDEX",),
    "extra-index-url": ("UV_INDEX",),
    "find-links": ("UV_FIND_LINKS",),
    "trusted-host": ("UV_INSECURE_HOST",),
    "cert": ("SSL_CERT_FILE",),
    "proxy": ("HTTPS_PROXY", "HTTP_PROXY"),
}
_COMMAS = ("UV_FIND_LINKS",)
# Whoever has told uv already means it.
_TOLD = {
    "UV_DEFAULT_INDEX": ("UV_INDEX_URL",),
    "UV_INDEX": ("UV_EXTRA_INDEX_URL",),
    "HTTPS_PROXY": ("https_proxy", "ALL_PROXY", "all_proxy"),
    "HTTP_PROXY": ("http_proxy", "ALL_PROXY", "all_proxy"),
}
HINT = (
    "Behind a company's proxy, mirror or certificate? What `pip config list` shows is passed on.\n"
    "For uv alone set HTTPS_PROXY, UV_DEFAULT_INDEX (the mirror of PyPI), SSL_CERT_FILE (the\n"
    "certificates) or UV_PYTHON_INSTALL_MIRROR (where Python comes from)."
)


def for_uv(python: object, inherited: dict[str, str]) -> dict[str, str]:
    """Give the environment for uv: what is inherited, and what pip's settings add to it."""
    listed = subprocess.run(
        [str(python), "-m", "pip", "--disable-pip-version-check", "config", "list"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return translated(listed.stdout.decode(), inherited)


def translated(listed: str, inherited: dict[str, str]) -> dict[str, str]:
    """Translate what `pip config list` says; a variable of the environment comes last and wins."""
    environment = dict(inherited)
    # As pip does: the first index is not preferred. Hashes say what may come from any of them.
    environment.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    for name, value in re.findall(r"^[\w:]+\.([\w-]+)='(.*)'$", listed.replace(r"\n", " "), re.M):
        values = [each for each in value.split() if _is_there(each)]
        for variable in _NAMES.get(name, ()):
            told = (variable, *_TOLD.get(variable, ()))
            if values and not any(each in inherited for each in told):
                environment[variable] = ("," if variable in _COMMAS else " ").join(values)
    return environment


def _is_there(value: str) -> bool:
    """Whether a place of this machine exists: uv refuses what pip only warns of."""
    path = re.sub(r"^file://", "", value)
    return not path.startswith("/") or Path(path).exists()


def is_writable(place: Path) -> bool:
    """Whether something can be made there, or in the nearest folder above that exists."""
    while not place.exists():
        place = place.parent
    return os.access(str(place), os.W_OK)
