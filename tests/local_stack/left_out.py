"""What the emulator cannot make: it refuses a whole template for the sake of one such resource."""

from pathlib import Path
from typing import Any

import yaml

# Saved queries are for the console of CloudWatch, and run nowhere else.
UNKNOWN_TYPES = {"AWS::Logs::QueryDefinition"}


class _Loader(yaml.SafeLoader):
    """YAML without dates: a template's version only looks like one."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def leave_out_what_is_refused(template: Path) -> None:
    """Take it out of a built template; everything else stays, and nothing refers to it."""
    document = yaml.load(template.read_text(), Loader=_Loader)  # noqa: S506 derived from SafeLoader
    document["Resources"] = {
        name: resource
        for name, resource in document["Resources"].items()
        if not is_refused(resource)
    }
    template.write_text(yaml.safe_dump(document, sort_keys=False))


def is_refused(resource: dict[str, Any]) -> bool:
    """Tell whether it is of a type that the emulator does not know, or an alarm on metric math."""
    is_unknown = resource["Type"] in UNKNOWN_TYPES
    return is_unknown or "Metrics" in resource.get("Properties", {})
