"""The template, read once."""

import pytest

from tests.template.reading import Template


@pytest.fixture(scope="session")
def template() -> Template:
    return Template.read()
