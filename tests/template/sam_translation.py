"""Prints template.yaml as SAM hands it to CloudFormation; run by the Python of the SAM CLI."""

import json
import sys
from pathlib import Path

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
    translated = Translator({}, Parser()).translate(template, parameter_values={})
    json.dump(translated, sys.stdout)


main()
