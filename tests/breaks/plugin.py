"""A plugin of pytest: does the break that the environment names, before tests are collected."""

import os

from tests.breaks.breaks import BREAKS
from tests.breaks.plugin_name import VARIABLE

(_wanted,) = (each for each in BREAKS if each.name == os.environ[VARIABLE])
_wanted.do()
