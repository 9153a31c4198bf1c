"""Plaid's environment variables."""

from freshet.config import Settings
from freshet.domain.prices import PriceList

_ENVIRONMENTS = {
    "https://production.plaid.com": "production",
    "https://sandbox.plaid.com": "sandbox",
}


class PlaidSettings(Settings, frozen=True, kw_only=True, eq=False):
    """What a deployment decides about Plaid; "-" as the secret where it is not used."""

    plaid_secret_arn: str
    plaid_base_url: str
    plaid_requests_per_minute: int
    plaid_refreshes_per_minute: int
    plaid_refresh_price_usd: PriceList
    plaid_transactions: bool
    plaid_client_name: str
    plaid_language: str
    plaid_country_codes: str
    plaid_webhook_url: str
    plaid_jwks_parameter: str

    @property
    def base_url(self) -> str:
        """Say where Plaid is, without a slash at the end."""
        return self.plaid_base_url.rstrip("/")

    @property
    def environment(self) -> str | None:
        """Give Plaid's name of the environment that is at this address, None for another's."""
        return _ENVIRONMENTS.get(self.base_url)

    @property
    def country_codes(self) -> tuple[str, ...]:
        """Name the countries whose institutions Link offers."""
        return tuple(each.strip() for each in self.plaid_country_codes.split(","))

    @property
    def webhook_url(self) -> str | None:
        """Say where webhooks of new Items go, None for the API's own address."""
        return None if self.plaid_webhook_url == "-" else self.plaid_webhook_url
