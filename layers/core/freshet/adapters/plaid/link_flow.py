"""Linking at Plaid: Link gives a public token, which is exchanged for the Item's own."""

from copy import replace
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from freshet import metrics
from freshet.adapters.institutions import known_institution
from freshet.domain.call_errors import CallFailed, LinkInvalid, ProviderAnswer
from freshet.domain.connection import Connection
from freshet.domain.credential import Credential, Secret, credential_name
from freshet.domain.errors import CredentialMissing, InvalidField, SecretUnavailable
from freshet.domain.identifiers import alias_of
from freshet.domain.link_session import LinkSession, digest_of
from freshet.domain.linking import (
    EnrolledConnection,
    FinishLink,
    LinkedConnection,
    LinkOffer,
    StartLink,
)
from freshet.domain.provider import Provider
from freshet.domain.trouble import log_keys_of
from freshet.observability import count, logger
from freshet.ports import LinkFlowDependencies

_NO_INSTITUTION = "INVALID_INSTITUTION"


class LinkToken(Struct, frozen=True):
    """What Link is opened with, until it expires: four hours for a new Item, else half an hour."""

    token: Secret
    expires_at: datetime


class ItemLinks(Protocol):
    """Plaid's Link, with the terms of this deployment; every method raises CallFailed."""

    def link_token(
        self, alias: str, *, webhook: str, redirect_uri: str | None, institution: str | None
    ) -> LinkToken:
        """Give what Link needs for a new Item that tells `webhook` what happens to it."""

    def repair_token(self, alias: str, item: Credential, *, redirect_uri: str | None) -> LinkToken:
        """Give what Link needs to repair an Item, which keeps its ids and its token."""

    def exchange(self, public_token: Secret) -> Credential:
        """Turn Link's public token into the Item's credential: once, within half an hour."""

    def remove(self, item: Credential) -> ProviderAnswer:
        """End an Item, its token and its subscriptions, at once."""


class PlaidLinkFlow(Struct, frozen=True):
    """The port LinkFlow; `webhook_url` is where webhooks go, None for this API's own address."""

    items: ItemLinks
    webhook_url: str | None
    deps: LinkFlowDependencies

    def start(self, wanted: StartLink, *, state: str) -> LinkOffer:
        """Give the token that opens Link for a new Item; raises InvalidField."""
        with known_institution(wanted.institution, refused_as=_NO_INSTITUTION):
            made = self.items.link_token(
                alias_of(wanted.user_id),
                webhook=self.webhook_url or f"{wanted.webhooks_at}/{Provider.PLAID}",
                redirect_uri=wanted.redirect_uri,
                institution=wanted.institution,
            )
        return LinkOffer(link_token=made.token, expires_at=made.expires_at)

    def repair(self, wanted: StartLink, broken: Connection, *, state: str) -> LinkOffer:
        """Give the token that opens Link in update mode."""
        item = self.deps.vault.find(wanted.user_id, broken.link.credential_name)
        made = self.items.repair_token(
            alias_of(wanted.user_id), item, redirect_uri=wanted.redirect_uri
        )
        return LinkOffer(link_token=made.token, expires_at=made.expires_at)

    def finish(self, returned: FinishLink, session: LinkSession | None) -> EnrolledConnection:
        """Turn the public token into a connection: vault first, else the Item is given back.

        A token is spent by its exchange. Its access token is therefore kept under a name made from
        it: a repeated request with a spent one, after a crash or a double click, finds that.
        """
        if returned.public_token is None:
            raise InvalidField("public_token", "is missing")
        try:
            return self._exchanged(returned.user_id, returned.public_token)
        except (LinkInvalid, SecretUnavailable):
            # The token is spent: this attempt cannot end well any more.
            if session is not None:
                self.deps.sessions.save(replace(session, is_failed=True))
            raise

    def give_back(self, user_id: str) -> None:
        """Do nothing: an Item that could not be kept was given back at once."""

    def _exchanged(self, user_id: str, public_token: Secret) -> EnrolledConnection:
        name = credential_name(Provider.PLAID, digest_of(public_token.reveal()))
        with self.deps.lease.hold(user_id):
            try:
                credential = self.deps.vault.find(user_id, name)
            except CredentialMissing:
                credential = self.items.exchange(public_token)
                self._keep(user_id, name, credential)
            return self._enrolled(user_id, name, credential)

    def _keep(self, user_id: str, name: str, credential: Credential) -> None:
        try:
            self.deps.vault.keep(user_id, name, credential)
        except SecretUnavailable:
            self._give_item_back(credential)
            self._forget(user_id, name)
            raise

    def _forget(self, user_id: str, name: str) -> None:
        # Only the answer may have been lost: a repeated request must not find a token of no Item.
        try:
            self.deps.vault.forget(user_id, name)
        except SecretUnavailable:
            logger.exception("Token of an Item given back could not be forgotten")

    def _give_item_back(self, credential: Credential) -> None:
        # Without its token the Item is of no use, and it would be billed each month.
        try:
            self.items.remove(credential)
            logger.warning("Item given back: its token could not be stored")
        except CallFailed as failure:
            count(metrics.ITEM_LOST)
            logger.exception("Item could not be given back", **log_keys_of(failure))

    def _enrolled(self, user_id: str, name: str, credential: Credential) -> EnrolledConnection:
        known = self.deps.owners.of_connection(Provider.PLAID, credential.subject)
        if known is not None and known[0] == user_id:
            return self.deps.enrollment.resume(self.deps.connections.get(*known))
        return self.deps.enrollment.enroll(
            LinkedConnection(
                user_id=user_id,
                provider=Provider.PLAID,
                provider_connection_id=credential.subject,
                credential_name=name,
            )
        )
