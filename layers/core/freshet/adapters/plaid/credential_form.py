"""How an operator writes what opens an Item at Plaid."""

from freshet.adapters.credential_forms import SecretText, StrictForm, secret_of
from freshet.domain.credential import Credential


class PlaidItem(StrictForm):
    """What opens an Item; its name is the connection's own."""

    access_token: SecretText

    def to_credential(self, subject: str) -> Credential:
        """Name it by the Item."""
        return Credential(subject, secret_of(self.access_token))
