"""The end of a connection's erasure: its credential, unless others need it, and what it opened."""

from copy import replace
from typing import Protocol

from freshet.domain.erasure import Erasure
from freshet.domain.provider import Provider
from freshet.domain.provider_traits import TraitsByProvider
from freshet.ports import Clock, Connections, CredentialVault, Eraser, UpstreamUsers
from freshet.services.ask_to_remove import try_to_remove


class ForgetCredentialDependencies(Protocol):
    """What forgetting a credential needs from outside."""

    @property
    def connections(self) -> Connections:
        """Know who else needs it."""

    @property
    def vault(self) -> CredentialVault:
        """Forget it."""

    @property
    def eraser(self) -> Eraser:
        """Forget whose the provider's user is."""

    @property
    def provider_users(self) -> UpstreamUsers:
        """Have the provider forget its user."""

    @property
    def traits(self) -> TraitsByProvider:
        """Know whether the provider keeps users."""

    @property
    def clock(self) -> Clock:
        """Tell the time."""


def forget_credential(erasure: Erasure, *, deps: ForgetCredentialDependencies) -> Erasure:
    """Forget the credential with the last connection that needs it, at the provider, too.

    Raises SecretUnavailable.
    """
    provider, name = erasure.provider, erasure.credential_name
    if provider is None or name is None or _is_needed(erasure.user_id, name, deps):
        return erasure.done(now=deps.clock())
    deps.vault.forget(erasure.user_id, name)
    if deps.traits[provider].has_credential_per_connection:
        return erasure.done(now=deps.clock())
    subject = name.partition("#")[2]
    after, is_over = unknown_upstream(erasure, provider, subject, deps=deps)
    return after.done(now=deps.clock()) if is_over else after


def unknown_upstream(
    erasure: Erasure, provider: Provider, subject: str, *, deps: ForgetCredentialDependencies
) -> tuple[Erasure, bool]:
    """Have the provider forget a user of its own; says whether that is over."""
    # A user without a secret is of no use to anybody; and no webhook of his adopts anything more.
    deps.eraser.forget_provider_user(provider, subject)
    tried = try_to_remove(
        erasure.provider_user,
        lambda: deps.provider_users.delete(provider, subject),
        is_done_at_once=False,
        requested_at=erasure.requested_at,
        now=deps.clock(),
    )
    after = replace(erasure, provider_user=tried.upstream)
    if tried.upstream.is_open:
        return after.waiting("provider_removes_user", until=tried.again_at), False
    return after, True


def _is_needed(user_id: str, name: str, deps: ForgetCredentialDependencies) -> bool:
    # Asked at every try: a connection that was linked meanwhile must not lose its user.
    return any(each.link.credential_name == name for each in deps.connections.of_user(user_id))
