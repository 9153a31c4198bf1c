"""How Items come to be at Plaid, are repaired, and end."""

from datetime import datetime
from typing import Annotated, Any

from msgspec import Struct
from pydantic import BeforeValidator

from freshet.adapters.foreign_json import LenientModel, Text, validated_whole
from freshet.adapters.plaid import endpoints, models
from freshet.adapters.plaid.http_client import Document, PlaidHttpClient
from freshet.adapters.plaid.link_flow import LinkToken
from freshet.adapters.rotation import void_is_revoked
from freshet.domain.call_errors import ProviderAnswer
from freshet.domain.credential import Credential, Secret
from freshet.domain.instants import from_text

_VOID = ("INVALID_ACCESS_TOKEN", "ITEM_NOT_FOUND")  # how Plaid calls a token void
MOST_LETTERS_OF_A_NAME = 30  # a longer one shows as "This Application"


class LinkTerms(Struct, frozen=True, kw_only=True):
    """What Link shows and where it leads; `client_user_id` is ours and says nothing of a person."""

    client_user_id: str
    client_name: str
    language: str
    country_codes: tuple[str, ...]
    redirect_uri: str | None = None
    institution_id: str | None = None

    def __post_init__(self) -> None:
        """Refuse a name that Link would not show."""
        if not 0 < len(self.client_name) <= MOST_LETTERS_OF_A_NAME:
            raise ValueError(f"client_name needs 1 to {MOST_LETTERS_OF_A_NAME} characters")


class _LinkTokenAnswer(LenientModel):
    link_token: Text
    expiration: Annotated[datetime, BeforeValidator(from_text)]


class _ExchangeAnswer(LenientModel):
    access_token: Text
    item_id: Text


class _RotationAnswer(LenientModel):
    new_access_token: Text


class _ItemAnswer(LenientModel):
    item: models.Item


class PlaidLinking(Struct, frozen=True):
    """One method for each operation; every one raises ProviderError or QuotaExhausted."""

    http_client: PlaidHttpClient

    def link_token(self, terms: LinkTerms, *, webhook: str) -> LinkToken:
        """Give what Link needs for a new Item that tells `webhook` what happens to it."""
        # `investments_refresh` is never asked for here: it is an entitlement of ours, not a
        # product of the Item.
        body = {**_terms(terms), "products": ["investments"], "webhook": webhook}
        return _to_link_token(self.http_client.read(endpoints.LINK_TOKEN, body))

    def repair_token(
        self, terms: LinkTerms, item: Credential, *, selects_accounts: bool = False
    ) -> LinkToken:
        """Give what Link needs to repair an Item (update mode), which keeps its ids and token."""
        body = {**_terms(terms), **_access(item)}
        if selects_accounts:
            body["update"] = {"account_selection_enabled": True}
        return _to_link_token(self.http_client.read(endpoints.LINK_TOKEN, body, item=item.subject))

    def exchange(self, public_token: Secret) -> Credential:
        """Turn Link's public token into the Item's credential: once, within half an hour."""
        document = self.http_client.read(
            endpoints.EXCHANGE, {"public_token": public_token.reveal()}
        )
        answer = validated_whole(_ExchangeAnswer.model_validate, document.content, document.told)
        return Credential(answer.item_id, Secret(answer.access_token))

    def remove(self, item: Credential) -> ProviderAnswer:
        """End an Item, its token and its subscriptions, at once."""
        return self.http_client.tell(endpoints.REMOVE_ITEM, _access(item), item=item.subject)

    def update_webhook(self, item: Credential, webhook: str | None) -> models.Item:
        """Tell an Item where its webhooks go from now on; the new address hears of it."""
        body = {**_access(item), "webhook": webhook}
        document = self.http_client.read(endpoints.UPDATE_WEBHOOK, body, item=item.subject)
        return validated_whole(_ItemAnswer.model_validate, document.content, document.told).item

    def rotate(self, item: Credential) -> Credential:
        """Replace an Item's token: the old one is void at once, and a lost answer loses both.

        Raises AccessRevoked where it was void before.
        """
        with void_is_revoked(*_VOID):
            document = self.http_client.read(
                endpoints.ROTATE_TOKEN, _access(item), item=item.subject
            )
        answer = validated_whole(_RotationAnswer.model_validate, document.content, document.told)
        return Credential(item.subject, Secret(answer.new_access_token))


def _access(item: Credential) -> dict[str, Any]:
    return {"access_token": item.secret.reveal()}


def _terms(terms: LinkTerms) -> dict[str, Any]:
    body: dict[str, Any] = {
        "client_name": terms.client_name,
        "language": terms.language,
        "country_codes": list(terms.country_codes),
        "user": {"client_user_id": terms.client_user_id},
    }
    # Optional fields are left out, never null: Plaid refuses that.
    optional = {"redirect_uri": terms.redirect_uri, "institution_id": terms.institution_id}
    return body | {name: value for name, value in optional.items() if value is not None}


def _to_link_token(document: Document) -> LinkToken:
    answer = validated_whole(_LinkTokenAnswer.model_validate, document.content, document.told)
    return LinkToken(Secret(answer.link_token), answer.expiration)
