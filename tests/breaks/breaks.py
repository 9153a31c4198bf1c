"""One break for each promise that stands; a new promise comes with its break."""

from tests.breaks.entrances import ENTRANCES
from tests.breaks.holdings import HOLDINGS
from tests.breaks.purchases import PURCHASES

BREAKS = (*ENTRANCES, *PURCHASES, *HOLDINGS)
