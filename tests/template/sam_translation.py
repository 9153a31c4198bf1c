"""Prints template.yaml as SAM hands it to CloudFormation; run by the Python of the SAM CLI.

Usage: sam_translation.py TEMPLATE [CHOICES], where CHOICES is a JSON object of parameters by a name
of the choice; prints the translations by these names, or the one for no parameters.
"""

import copy
import json
import sys
from pathlib import Path
from typing import Any

from samcli.yamlhelper import yaml_parse  # type: ignore[import-not-found]
from samtranslator.parser.parser import Parser  # type: ignore[import-not-found]
from samtranslator.translator.translator import Translator  # type: ignore[import-not-found]

_UPLOADED = "s3://bucket/key"
_CODE = ("CodeUri", "ContentUri")


def main() -> None:
    """Translate the template that is named, with its code as if it were uploaded."""
    template = yaml_parse(Path(sys.argv[1]).read_text())
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        properties |= {name: _UPLOADED for name in _CODE if name in properties}
    if len(sys.argv) > 2:
        choices = json.loads(sys.argv[2])
        translated = {name: _translated(template, given) for name, given in choices.items()}
    else:
        translated = _translated(template, {})
    json.dump(translated, sys.stdout)


def _translated(template: dict[str, Any], parameters: dict[str, str]) -> Any:
    """Translate as CloudFormation has it done: defaults stand where nothing is given."""
    known = {
        name: each["Default"] for name, each in template["Parameters"].items() if "Default" in each
    }
    return Translator({}, Parser()).translate(copy.deepcopy(template), known | parameters)


main()
