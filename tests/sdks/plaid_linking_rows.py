"""How Items come to be, are repaired and end: how Plaid's SDK asks for it, and how we do."""

from typing import Any

from plaid import models as sdk

from freshet.adapters.plaid.link_flow import LinkToken
from freshet.adapters.plaid.linking import LinkTerms
from freshet.domain.credential import Credential, Secret
from tests.sdks.agreement import Part
from tests.sdks.plaid_desk import PlaidDesk
from tests.sdks.rows import Row

_HOOK = "https://hooks.example/plaid"
_TERMS = LinkTerms(
    client_user_id="user-1", client_name="Freshet", language="en", country_codes=("US", "CA")
)


def _terms() -> dict[str, Any]:
    return {
        "client_name": _TERMS.client_name,
        "language": _TERMS.language,
        "country_codes": [sdk.CountryCode(code) for code in _TERMS.country_codes],
        "user": sdk.LinkTokenCreateRequestUser(client_user_id=_TERMS.client_user_id),
    }


def _link_token(desk: PlaidDesk) -> Any:
    request = sdk.LinkTokenCreateRequest(
        products=[sdk.Products("investments")], webhook=_HOOK, **_terms()
    )
    return desk.sdk.link_token_create(request)


def _repair_token(desk: PlaidDesk) -> Any:
    update = sdk.LinkTokenCreateRequestUpdate(account_selection_enabled=True)
    request = sdk.LinkTokenCreateRequest(access_token=desk.token, update=update, **_terms())
    return desk.sdk.link_token_create(request)


def _read_link_token(read: LinkToken) -> Part:
    return Part(link_token=read.token.reveal(), expiration=read.expires_at)


def _public_token(desk: PlaidDesk) -> str:
    link_token = _link_token(desk).link_token
    return str(desk.simulator.control.complete_link(link_token))


def _exchanged(read: Credential) -> Part:
    return Part(access_token=read.secret.reveal(), item_id=read.subject)


LINKING: tuple[Row[PlaidDesk], ...] = (
    Row(
        name="PlaidLinking.link_token",
        sdk=lambda desk, _: _link_token(desk),
        ours=lambda desk, _: desk.linking.link_token(_TERMS, webhook=_HOOK),
        given=_read_link_token,
    ),
    Row(
        name="PlaidLinking.repair_token",
        sdk=lambda desk, _: _repair_token(desk),
        ours=lambda desk, _: desk.linking.repair_token(_TERMS, desk.item, selects_accounts=True),
        given=_read_link_token,
    ),
    Row(
        name="PlaidLinking.exchange",
        prepare=_public_token,
        sdk=lambda desk, token: desk.sdk.item_public_token_exchange(
            sdk.ItemPublicTokenExchangeRequest(public_token=token)
        ),
        ours=lambda desk, token: desk.linking.exchange(Secret(token)),
        given=_exchanged,
    ),
    Row(
        name="PlaidLinking.remove",
        sdk=lambda desk, _: desk.sdk.item_remove(sdk.ItemRemoveRequest(access_token=desk.token)),
        ours=lambda desk, _: desk.linking.remove(desk.item),
    ),
    Row(
        name="PlaidBuyer.remove",
        sdk=lambda desk, _: desk.sdk.item_remove(sdk.ItemRemoveRequest(access_token=desk.token)),
        ours=lambda desk, _: desk.buyer().remove(),
    ),
    Row(
        name="PlaidLinking.update_webhook",
        sdk=lambda desk, _: desk.sdk.item_webhook_update(
            sdk.ItemWebhookUpdateRequest(access_token=desk.token, webhook=_HOOK)
        ),
        ours=lambda desk, _: desk.linking.update_webhook(desk.item, _HOOK),
        part=("item",),
    ),
    Row(
        name="PlaidLinking.rotate",
        sdk=lambda desk, _: desk.sdk.item_access_token_invalidate(
            sdk.ItemAccessTokenInvalidateRequest(access_token=desk.token)
        ),
        ours=lambda desk, _: desk.linking.rotate(desk.item),
        given=lambda read: Part(new_access_token=read.secret.reveal()),
    ),
)
