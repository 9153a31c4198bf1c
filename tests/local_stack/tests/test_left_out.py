"""The deployed stack of this machine lacks what the emulator refuses, and nothing else."""

from pathlib import Path

import yaml

from tests.local_stack.left_out import is_refused, leave_out_what_is_refused
from tests.template.reading import Template


def test_only_alarms_on_metric_math_and_saved_queries_are_left_out() -> None:
    left_out = {name for name, each in Template.read().resources.items() if is_refused(each)}
    assert left_out
    assert {name for name in left_out if not name.endswith(("Alarm", "Query"))} == set()


def test_nothing_refers_to_what_is_left_out() -> None:
    template = Template.read()
    left_out = {name for name, each in template.resources.items() if is_refused(each)}
    rest = {name: each for name, each in template.resources.items() if name not in left_out}
    text = str([rest, template.outputs])
    assert {name for name in left_out if f"'{name}'" in text or f"${{{name}" in text} == set()


def test_everything_else_stays_as_it_is(tmp_path: Path) -> None:
    alarm = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"MetricName": "Errors"}}
    on_math = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Metrics": []}}
    query = {"Type": "AWS::Logs::QueryDefinition", "Properties": {"Name": "refresh"}}
    built = tmp_path / "template.yaml"
    document = {"Resources": {"Kept": alarm, "OnMath": on_math, "Query": query}}
    built.write_text(yaml.safe_dump({"Version": "2010-09-09"} | document))
    leave_out_what_is_refused(built)
    left = yaml.safe_load(built.read_text().replace("2010-09-09", "text"))
    assert left == {"Version": "text", "Resources": {"Kept": alarm}}
