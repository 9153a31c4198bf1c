"""Taking in users who linked brokerages before: each row by itself, and again without harm."""

from collections.abc import Mapping

from msgspec import Struct

from freshet.domain.cadence import Cadence
from freshet.domain.connection import Connection
from freshet.domain.credential import Credential
from freshet.domain.errors import ProviderNotConfigured
from freshet.domain.provider import Provider
from freshet.ports import Discovery
from freshet.services.register_connection import (
    RegisterConnectionDependencies,
    Registration,
    register_connection,
)


class ImportRow(Struct, frozen=True, kw_only=True):
    """A user of ours and a credential that opens what the user has at a provider."""

    user_id: str
    provider: Provider
    credential: Credential
    cadence: Cadence


class ImportDependencies(Struct, frozen=True, kw_only=True):
    """What an import needs from outside."""

    registering: RegisterConnectionDependencies
    discoveries: Mapping[Provider, Discovery]


def import_row(row: ImportRow, *, deps: ImportDependencies) -> list[Connection]:
    """Register every connection that the credential opens, new here or not.

    Raises ProviderNotConfigured, CallFailed, AlreadyOwned; what was registered until then stays.
    """
    discovery = deps.discoveries.get(row.provider)
    if discovery is None:
        raise ProviderNotConfigured(row.provider)
    imported = []
    for found in discovery.connections(row.credential):
        registration = Registration(
            user_id=row.user_id,
            provider=row.provider,
            provider_connection_id=found.provider_connection_id,
            credential=found.credential,
            cadence=row.cadence,
        )
        imported.append(register_connection(registration, deps=deps.registering))
    return imported
