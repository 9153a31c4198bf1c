"""The ready-made configurations deploy this template."""

import tomllib

import pytest

from tests.template.reading import PATH, Template

CONFIGURATIONS = tomllib.loads(PATH.with_name("samconfig.toml").read_text())
del CONFIGURATIONS["version"]


def overrides(name: str) -> dict[str, str]:
    """What one configuration decides."""
    given = CONFIGURATIONS[name]["deploy"]["parameters"].get("parameter_overrides", [])
    return dict(each.split("=", 1) for each in given)


def test_there_are_the_usual_stages() -> None:
    assert set(CONFIGURATIONS) == {"default", "dev", "prod"}


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_configuration_builds_fast_and_checks_strictly(name: str) -> None:
    assert CONFIGURATIONS[name]["build"]["parameters"] == {"cached": True, "parallel": True}
    assert CONFIGURATIONS[name]["validate"]["parameters"] == {"lint": True}
    assert CONFIGURATIONS[name]["deploy"]["parameters"]["capabilities"] == "CAPABILITY_IAM"


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_stage_decides_everything_that_has_no_default(template: Template, name: str) -> None:
    required = {key for key, each in template.parameters.items() if "Default" not in each}
    assert required <= set(overrides(name)) <= set(template.parameters)


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_stage_says_with_whom_it_works_and_no_rule_refuses_it(
    template: Template, name: str
) -> None:
    chosen = overrides(name)
    assert chosen["Providers"] in template.parameters["Providers"]["AllowedValues"]
    assert template.refusals(**chosen) == []


def test_examples_show_both_ways_to_know_a_user(template: Template) -> None:
    assert "UserPool" in template.given(**overrides("dev")).resources
    assert "UserPool" not in template.given(**overrides("prod")).resources


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_stage_does_not_choose_a_processor_the_layer_is_not_built_for(name: str) -> None:
    assert "Architecture" not in overrides(name)
