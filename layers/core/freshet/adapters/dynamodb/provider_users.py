"""Under which ids SnapTrade knows our users: in their PROFILE rows, beside others' fields."""

from typing import Any

from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.table import Table, TransactionRefused
from freshet.domain.errors import ConcurrentChange
from freshet.domain.provider import Provider
from freshet.domain.provider_user import ProviderUser

_SET = "SET snaptrade_given_up = :given_up, snaptrade_version = :version"
_WITH_ID = ", snaptrade_user_id = :subject, snaptrade_status = :status"
_WITHOUT_ID = " REMOVE snaptrade_user_id, snaptrade_status"


class DynamoProviderUsers:
    """The port ProviderUsers."""

    def __init__(self, table: Table) -> None:
        """Bind to ConnectionsTable."""
        self._table = table

    def find(self, user_id: str) -> ProviderUser:
        """Read a user's registration, consistently; one without an id where there is none."""
        item = self._table.get(keys.profile(user_id)) or {}
        return ProviderUser(
            user_id=user_id,
            subject=item.get("snaptrade_user_id"),
            is_registered=item.get("snaptrade_status") == "registered",
            given_up=tuple(item.get("snaptrade_given_up", ())),
            version=int(item.get("snaptrade_version", 0)),
        )

    def save(self, user: ProviderUser) -> ProviderUser:
        """Store it; once registered, webhooks find the user by the id. Raises ConcurrentChange."""
        values: dict[str, Any] = {":given_up": list(user.given_up), ":version": user.version + 1}
        if user.subject is not None:
            values[":subject"] = user.subject
            values[":status"] = "registered" if user.is_registered else "registering"
        # A row without a version is one that only others have written to.
        condition = "attribute_not_exists(snaptrade_version)"
        if user.version:
            values[":seen"] = user.version
            condition = "snaptrade_version = :seen"
        profile = keys.profile(user.user_id)
        expression = _SET + (_WITHOUT_ID if user.subject is None else _WITH_ID)
        writes = [self._table.updating(profile, expression, values, condition=condition)]
        if user.is_registered and user.subject is not None:
            reverse = keys.provider_user_owner(Provider.SNAPTRADE, user.subject)
            writes.append(self._table.putting({**reverse, "user_id": user.user_id}))
        try:
            self._table.transact(*writes)
        except TransactionRefused as error:
            raise ConcurrentChange("profile") from error
        return self.find(user.user_id)
