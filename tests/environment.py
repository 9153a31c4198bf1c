"""The environment of everything that is started here, whatever the developer's shell says.

Nothing may leave the machine and nothing may break because of a variable that was meant for other
programs: AWS settings are ours, loopback is never behind a proxy, and foreign modules stay away.
"""

import os
from collections.abc import Mapping, MutableMapping

REGION = "us-east-1"
# The emulator's own root keys; worth nothing anywhere else.
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
_FOREIGN = ("AWS_", "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "SAM_", "BOTO_")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
MADE_HERE = {"FRESHET_ENVIRONMENT": "made here"}
"""Marks an environment in which nothing is the shell's, so that it is left as it is."""
_OURS = {
    **MADE_HERE,
    **KEYS,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


def cleaned(inherited: Mapping[str, str]) -> dict[str, str]:
    """Give what a process may inherit, with settings of AWS that reach nothing by themselves."""
    kept = {name: value for name, value in inherited.items() if not name.startswith(_FOREIGN)}
    direct = [inherited.get("no_proxy") or inherited.get("NO_PROXY") or "", *_LOOPBACK]
    no_proxy = ",".join(dict.fromkeys(filter(None, ",".join(direct).split(","))))
    return {**kept, **_OURS, "no_proxy": no_proxy, "NO_PROXY": no_proxy}


def clean(environment: MutableMapping[str, str] = os.environ) -> None:
    """Make the environment of this process such a one, and so that of all it starts."""
    if environment.items() >= MADE_HERE.items():
        return
    wanted = cleaned(environment)
    for name in set(environment) - set(wanted):
        del environment[name]
    environment.update(wanted)
