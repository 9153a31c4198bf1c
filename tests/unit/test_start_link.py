"""Opening link sessions: what is asked of the provider, and what is kept."""

from datetime import timedelta
from typing import Any

import pytest

from freshet.domain.call_errors import (
    AccessRevoked,
    CallFailed,
    LoginRequired,
    MissingUpstream,
    NotReached,
    ProviderUnavailable,
)
from freshet.domain.connection import Connection
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.credential import Credential, Secret
from freshet.domain.errors import (
    CredentialMissing,
    InvalidField,
    LinkGone,
    NotFound,
    ProviderNotConfigured,
    TooManyRequests,
)
from freshet.domain.provider import Provider
from tests.builders import CONNECTION_ID, NOON, USER, a_connection, an_answer
from tests.unit.link_stage import HOOK, REDIRECT, LinkStage

BOTH = (Provider.SNAPTRADE, Provider.PLAID)
KEPT = Credential("kept-user", Secret("kept-secret"))


def _known(stage: LinkStage, **changes: Any) -> Connection:
    connection = a_connection(status=ConnectionStatus.NEEDS_USER, **changes)
    stage.vault.keep(USER, connection.link.credential_name, KEPT)
    added: Connection = stage.connections.add(connection, provider_user_id=None)
    return added


def test_portal_is_opened_with_the_state_in_its_way_back_when_linking_anew() -> None:
    stage = LinkStage()
    started = stage.start(redirect_uri=REDIRECT, institution="ACME")
    (visit,) = stage.portal.visits
    assert visit == {
        "user": stage.subject,
        "redirect_url": f"{REDIRECT}/{started.state}",
        "broker": "ACME",
        "reconnect": None,
    }
    assert started.session.expires_at == NOON + timedelta(minutes=5)


def test_link_is_opened_for_a_user_without_a_name_when_linking_anew_at_plaid() -> None:
    stage = LinkStage()
    started = stage.start(Provider.PLAID, redirect_uri=REDIRECT, institution="ins_1")
    (asked,) = stage.items.asked
    assert USER not in str(asked.pop("alias"))
    assert asked == {"webhook": HOOK, "redirect_uri": REDIRECT, "institution": "ins_1"}
    assert started.session.expires_at == NOON + timedelta(hours=4)


def test_user_sees_the_dashboards_own_page_when_no_way_back_is_named() -> None:
    stage = LinkStage()
    stage.start()
    assert stage.portal.visits[0]["redirect_url"] is None


def test_state_is_the_frontends_own_when_it_brings_one() -> None:
    stage = LinkStage()
    started = stage.start(state="a-state-of-the-tab")
    assert started.state == "a-state-of-the-tab"
    assert started.session.is_opened_with("a-state-of-the-tab")
    assert not started.session.is_opened_with("a-state-of-another")


@pytest.mark.parametrize("provider", BOTH)
def test_no_secret_is_kept_or_shown_when_a_session_is_opened(provider: Provider) -> None:
    stage = LinkStage()
    started = stage.start(provider)
    kept = stage.sessions.get(USER, started.session.id)
    shown = f"{kept!r} {started.offer!r} {stage.users.rows!r}"
    assert "secret-" not in shown
    assert started.state not in repr(kept)


@pytest.mark.parametrize("provider", BOTH)
def test_connection_is_repaired_with_its_own_credential_when_named(provider: Provider) -> None:
    stage = LinkStage()
    connection = _known(stage, provider=provider)
    started = stage.start(None, connection_id=CONNECTION_ID, redirect_uri=REDIRECT)
    session = started.session
    assert (session.provider, session.repairs, session.was_broken) == (
        provider,
        CONNECTION_ID,
        True,
    )
    if provider is Provider.PLAID:
        assert stage.items.asked[0]["item"] == KEPT.subject
    else:
        (visit,) = stage.portal.visits
        assert (visit["user"], visit["reconnect"]) == (
            KEPT.subject,
            connection.link.provider_connection_id,
        )
    assert [command.delay for command in stage.reads.commands] == [
        timedelta(minutes=5),
        timedelta(minutes=15),
    ]


@pytest.mark.parametrize(
    ("provider", "failure"),
    [
        (Provider.SNAPTRADE, LoginRequired),
        (Provider.SNAPTRADE, MissingUpstream),
        (Provider.PLAID, AccessRevoked),
    ],
)
def test_link_is_gone_when_the_provider_has_nothing_to_repair(
    provider: Provider, failure: type[LoginRequired]
) -> None:
    stage = LinkStage()
    _known(stage, provider=provider)
    for operation in ("portal", "repair_token"):
        for pages in (stage.portal, stage.items):
            pages.failures[operation] = [failure(an_answer())]
    with pytest.raises(LinkGone):
        stage.start(None, connection_id=CONNECTION_ID)
    assert stage.sessions.rows == {}


def test_link_is_gone_when_its_credential_is_lost() -> None:
    stage = LinkStage()
    _known(stage)
    stage.vault.held_by_name.clear()
    with pytest.raises(LinkGone) as gone:
        stage.start(None, connection_id=CONNECTION_ID)
    assert isinstance(gone.value.__cause__, CredentialMissing)


@pytest.mark.parametrize("failure", [NotReached, ProviderUnavailable])
@pytest.mark.parametrize("is_repair", [True, False])
def test_nothing_is_kept_when_the_provider_is_in_trouble(
    failure: type[CallFailed], is_repair: bool
) -> None:
    stage = LinkStage()
    _known(stage)
    stage.portal.failures["portal"] = [failure(an_answer())]
    with pytest.raises(failure):
        stage.start(connection_id=CONNECTION_ID if is_repair else None)
    assert stage.sessions.rows == {}


@pytest.mark.parametrize("status", [ConnectionStatus.REMOVING, ConnectionStatus.REMOVED])
def test_connection_is_not_found_when_it_is_on_its_way_out(status: ConnectionStatus) -> None:
    stage = LinkStage()
    stage.connections.add(a_connection(status=status), provider_user_id=None)
    with pytest.raises(NotFound):
        stage.start(None, connection_id=CONNECTION_ID)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"redirect_uri": "https://elsewhere.example"}, "redirect_uri"),
        ({"provider": None}, "provider"),
        ({"provider": Provider.PLAID, "connection_id": CONNECTION_ID}, "provider"),
        ({"connection_id": CONNECTION_ID, "institution": "ACME"}, "institution"),
    ],
)
def test_field_is_named_when_it_makes_no_sense(changes: dict[str, Any], field: str) -> None:
    stage = LinkStage()
    _known(stage)
    with pytest.raises(InvalidField) as refused:
        stage.start(**changes)
    assert refused.value.field == field


@pytest.mark.parametrize("provider", BOTH)
def test_session_is_refused_when_the_provider_is_not_configured(provider: Provider) -> None:
    stage = LinkStage()
    stage.is_configured = False
    with pytest.raises(ProviderNotConfigured):
        stage.start(provider)
    assert stage.users.rows == {}


def test_request_refused_for_its_form_does_not_use_up_a_users_rate() -> None:
    stage = LinkStage()
    for _ in range(50):
        with pytest.raises(InvalidField):
            stage.start(redirect_uri="https://elsewhere.example")
        with pytest.raises(InvalidField):
            stage.start(provider=None)
    assert not stage.requests.taken
    stage.start()
    assert stage.requests.taken.total() == 1


def test_broken_link_is_repaired_by_a_user_who_has_tried_to_link_too_often() -> None:
    stage = LinkStage()
    broken = _known(stage)
    with pytest.raises(TooManyRequests):
        for _ in range(50):
            stage.start()
    assert stage.start(connection_id=broken.id).session.repairs == broken.id
