"""Rotation at the providers: what they replaced, and how they call a credential void."""

import pytest

from freshet.adapters.plaid.http_client import PlaidHttpClient
from freshet.adapters.plaid.linking import PlaidLinking
from freshet.adapters.rate_guard import Circuit, RateGuard
from freshet.adapters.rotation import ConfiguredRotation
from freshet.adapters.snaptrade.http_client import SnapTradeHttpClient
from freshet.adapters.snaptrade.keys import SnapTradeKeys
from freshet.adapters.snaptrade.linking import SnapTradeLinking
from freshet.adapters.transport import Answer
from freshet.domain import call_errors
from freshet.domain.credential import Credential, Secret
from freshet.domain.errors import ProviderNotConfigured
from freshet.domain.provider import Provider
from tests.builders import NOON
from tests.fakes import FakeClock
from tests.integration.bench import FakeQuota, FixedKeys, told
from tests.integration.plaid_bench import (
    ITEM,
    FakeTransport,
    FixedPlaidKeys,
    error_answer,
    json_answer,
)

USER = Credential("u1", Secret("user-secret-1"))
CREDENTIALS = {Provider.SNAPTRADE: USER, Provider.PLAID: ITEM}


def rotation(*answers: Answer | Exception) -> ConfiguredRotation:
    """Both providers over answers given in advance."""
    transport, clock = FakeTransport(list(answers)), FakeClock(NOON)
    rate_guard = RateGuard(FakeQuota(), Circuit(), clock)
    snaptrade = SnapTradeHttpClient(
        base_url="https://snaptrade.example",
        keys=FixedKeys(SnapTradeKeys("client-1", Secret("invented-consumer-key"))),
        transport=transport,
        rate_guard=rate_guard,
        clock=clock,
    )
    plaid = PlaidHttpClient("https://plaid.example", FixedPlaidKeys(), transport, rate_guard)
    return ConfiguredRotation(
        {
            Provider.SNAPTRADE: SnapTradeLinking(snaptrade).reset_secret,
            Provider.PLAID: PlaidLinking(plaid).rotate,
        }
    )


@pytest.mark.parametrize(
    ("provider", "answer"),
    [
        (Provider.SNAPTRADE, {"userId": "u1", "userSecret": "new-secret"}),
        (Provider.PLAID, {"new_access_token": "new-secret", "request_id": "r"}),
    ],
)
def test_new_secret_has_the_old_subject(provider: Provider, answer: dict[str, str]) -> None:
    old = CREDENTIALS[provider]
    new = rotation(json_answer(answer)).replace(provider, old)
    assert new == Credential(old.subject, Secret("new-secret"))


@pytest.mark.parametrize(
    ("provider", "answer"),
    [
        (Provider.SNAPTRADE, json_answer({"detail": "x", "code": "1083"}, 401)),
        (Provider.PLAID, error_answer("INVALID_ACCESS_TOKEN", "INVALID_INPUT")),
        (Provider.PLAID, error_answer("ITEM_NOT_FOUND", "ITEM_ERROR")),
    ],
)
def test_credential_is_void_when_the_provider_does_not_know_it(
    provider: Provider, answer: Answer
) -> None:
    with pytest.raises(call_errors.AccessRevoked) as void:
        rotation(answer).replace(provider, CREDENTIALS[provider])
    for each in CREDENTIALS.values():
        assert each.secret.reveal() not in told(void.value)


@pytest.mark.parametrize(
    ("provider", "answer"),
    [
        (Provider.SNAPTRADE, json_answer({"detail": "x", "code": "1076"}, 401)),
        (Provider.PLAID, error_answer("INVALID_API_KEYS", "INVALID_INPUT")),
    ],
)
def test_credential_is_not_void_when_our_own_keys_are_refused(
    provider: Provider, answer: Answer
) -> None:
    with pytest.raises(call_errors.ProviderRejectedUs):
        rotation(answer).replace(provider, CREDENTIALS[provider])


def test_provider_without_keys_is_not_asked() -> None:
    with pytest.raises(ProviderNotConfigured):
        ConfiguredRotation({}).replace(Provider.PLAID, ITEM)
