"""SnapTrade's reference data: the same for every user, kept as it was served."""

from typing import Any

from msgspec import Struct
from pydantic import TypeAdapter

from freshet.adapters.foreign_json import validated
from freshet.adapters.snaptrade import endpoints
from freshet.adapters.snaptrade.http_client import SnapTradeHttpClient

_ROW = TypeAdapter(dict[str, Any])
_ROWS = TypeAdapter(list[dict[str, Any]])


class SnapTradeReference(Struct, frozen=True):
    """One method for each operation; every one raises ProviderError or QuotaExhausted."""

    http_client: SnapTradeHttpClient

    def brokerages(self) -> list[dict[str, Any]]:
        """List the institutions that this customer's users can link."""
        document = self.http_client.read(endpoints.BROKERAGES)
        return validated(_ROWS.validate_python, document.content, document.told)

    def exchanges(self) -> list[dict[str, Any]]:
        """List the exchanges that instruments name by their MIC."""
        document = self.http_client.read(endpoints.EXCHANGES)
        return validated(_ROWS.validate_python, document.content, document.told)

    def symbol(self, name: str) -> dict[str, Any]:
        """Look an instrument up by its ticker or its id."""
        document = self.http_client.read(endpoints.SYMBOL, name)
        return validated(_ROW.validate_python, document.content, document.told)
