"""A start in a process of its own, cut off from the network; tells what was loaded, and composed.

Usage: starting.py FUNCTION
"""

import importlib
import json
import sys

_OUTSIDE = ("socket.connect", "socket.getaddrinfo", "socket.sendto")


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event in _OUTSIDE:
        raise AssertionError(f"{event} while the function starts: {arguments}")


if __name__ == "__main__":
    sys.addaudithook(_refuse)
    importlib.import_module(f"functions.{sys.argv[1]}.app")
    from freshet import bootstrap

    cached = {
        name: each
        for name, each in vars(bootstrap).items()
        if hasattr(each, "cache_info") and each.__module__ == bootstrap.__name__
    }
    print(json.dumps(sorted(name for name in sys.modules if name.startswith("freshet."))))
    print(json.dumps([name for name, each in cached.items() if each.cache_info().currsize]))
