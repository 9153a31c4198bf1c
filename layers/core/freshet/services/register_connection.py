"""Registering a connection that exists at the provider already: an operator's move."""

from collections.abc import Callable

from msgspec import Struct

from freshet.domain.cadence import Cadence
from freshet.domain.connection import Connection
from freshet.domain.credential import Credential, credential_name
from freshet.domain.errors import AlreadyOwned
from freshet.domain.identifiers import new_connection_id
from freshet.domain.link import Link
from freshet.domain.provider import Provider
from freshet.domain.provider_traits import TraitsByProvider
from freshet.domain.read_schedule import ReadSchedule
from freshet.domain.refresh_slot import Purchases
from freshet.domain.removal_rules import demand_not_removed
from freshet.ports import Clock, Connections, CredentialVault, Inbox, Owners, ReadQueue
from freshet.services.enrollment import enroll_connection


class Registration(Struct, frozen=True, kw_only=True):
    """A provider's connection, whose it is and how to reach it."""

    user_id: str
    provider: Provider
    provider_connection_id: str
    credential: Credential
    cadence: Cadence


class RegisterConnectionDependencies(Struct, frozen=True, kw_only=True):
    """What a registration needs from outside."""

    owners: Owners
    inbox: Inbox
    connections: Connections
    vault: CredentialVault
    reads: ReadQueue
    traits: TraitsByProvider
    random_bytes: Callable[[int], bytes]
    clock: Clock


def register_connection(
    registration: Registration, *, deps: RegisterConnectionDependencies
) -> Connection:
    """Keep the credential, then the connection, then read it at once; repeating does no harm.

    Raises AlreadyOwned if another user holds the connection, NotFound if it was removed,
    ConnectionRemoving while it is, and UserLeaving.
    """
    now = deps.clock()
    provider, provider_connection_id = registration.provider, registration.provider_connection_id
    owner = deps.owners.of_connection(provider, provider_connection_id)
    if owner is not None and owner[0] != registration.user_id:
        raise AlreadyOwned(provider)
    if owner is not None:
        # No credential is kept for what was removed, or is about to be.
        demand_not_removed(deps.connections.get(*owner))
    name = credential_name(registration.provider, registration.credential.subject)
    if owner is not None and deps.traits[provider].has_credential_per_connection:
        # Linked before, it may have another name for its credential, which readers go by.
        name = deps.connections.get(*owner).link.credential_name
    deps.vault.keep(registration.user_id, name, registration.credential)
    every = registration.cadence.refresh_every
    wanted = Connection(
        id=new_connection_id(deps.random_bytes),
        user_id=registration.user_id,
        provider=registration.provider,
        link=Link(provider_connection_id=provider_connection_id, credential_name=name),
        cadence=registration.cadence,
        schedule=ReadSchedule(next_read_at=now),
        purchases=Purchases(next_refresh_at=None if every is None else now),
        due_at=now,
        created_at=now,
    )
    return enroll_connection(wanted, provider_user_id=registration.credential.subject, deps=deps)
