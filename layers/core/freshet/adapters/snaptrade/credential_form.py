"""How an operator writes what opens a user's connections at SnapTrade."""

from freshet.adapters.credential_forms import SecretText, StrictForm, Text, secret_of
from freshet.domain.credential import Credential


class SnapTradeUser(StrictForm):
    """How SnapTrade knows the user."""

    user_id: Text
    user_secret: SecretText

    def to_credential(self, subject: str) -> Credential:
        """Name it by the user, who may have several connections."""
        return Credential(self.user_id, secret_of(self.user_secret))
