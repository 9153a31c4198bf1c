"""Under which ids a provider knows our users: in their PROFILE rows, beside others' fields."""

from typing import Any

from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.table import Table, TransactionRefused
from freshet.domain.errors import ConcurrentChange
from freshet.domain.provider import Provider
from freshet.domain.provider_user import ProviderUser


class DynamoProviderUsers:
    """The port ProviderUsers for one provider, whose name its fields begin with."""

    def __init__(self, table: Table, provider: Provider) -> None:
        """Bind to ConnectionsTable."""
        self._table = table
        self._provider = provider

    def find(self, user_id: str) -> ProviderUser:
        """Read a user's registration, consistently; one without an id where there is none."""
        item, named = self._table.get(keys.profile(user_id)) or {}, self._provider
        return ProviderUser(
            user_id=user_id,
            subject=item.get(f"{named}_user_id"),
            is_registered=item.get(f"{named}_status") == "registered",
            given_up=tuple(item.get(f"{named}_given_up", ())),
            version=int(item.get(f"{named}_version", 0)),
        )

    def save(self, user: ProviderUser) -> ProviderUser:
        """Store it; once registered, webhooks find the user by the id. Raises ConcurrentChange."""
        named = self._provider
        values: dict[str, Any] = {":given_up": list(user.given_up), ":version": user.version + 1}
        if user.subject is not None:
            values[":subject"] = user.subject
            values[":status"] = "registered" if user.is_registered else "registering"
        # A row without a version is one that only others have written to.
        condition = f"attribute_not_exists({named}_version)"
        if user.version:
            values[":seen"] = user.version
            condition = f"{named}_version = :seen"
        profile = keys.profile(user.user_id)
        expression = f"SET {named}_given_up = :given_up, {named}_version = :version"
        if user.subject is None:
            expression += f" REMOVE {named}_user_id, {named}_status"
        else:
            expression += f", {named}_user_id = :subject, {named}_status = :status"
        writes = [self._table.updating(profile, expression, values, condition=condition)]
        if user.is_registered and user.subject is not None:
            reverse = keys.provider_user_owner(named, user.subject)
            writes.append(self._table.putting({**reverse, "user_id": user.user_id}))
        try:
            self._table.transact(*writes)
        except TransactionRefused as error:
            raise ConcurrentChange("profile") from error
        return self.find(user.user_id)
