"""The template, read once."""

import pytest

from tests.template.reading import Template


@pytest.fixture(scope="session")
def template() -> Template:
    return Template.read()


@pytest.fixture(params=["snaptrade,plaid", "snaptrade", "plaid"])
def deployment(template: Template, request: pytest.FixtureRequest) -> Template:
    """The template with both providers, and with each alone."""
    return template.given(Providers=request.param)
