"""SnapTrade's environment variables."""

from freshet.config import Settings
from freshet.domain.prices import PriceList


class SnapTradeSettings(Settings, frozen=True, kw_only=True, eq=False):
    """What a deployment decides about SnapTrade; "-" as the secret where it is not used."""

    snaptrade_secret_arn: str
    snaptrade_base_url: str
    snaptrade_requests_per_minute: int
    snaptrade_refresh_price_usd: PriceList
    snaptrade_retired_holdings: bool

    @property
    def base_url(self) -> str:
        """Say where SnapTrade is, without a slash at the end."""
        return self.snaptrade_base_url.rstrip("/")
