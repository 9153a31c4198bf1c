"""Where users' credentials are kept, as the deployment says."""

import os

from freshet.adapters.dynamodb.user_lease import DynamoUserLease
from freshet.adapters.leased_vault import LeasedVault
from freshet.adapters.vaults import SecretsManagerVault
from freshet.config import CredentialStore, ProviderSettings
from freshet.ports import CredentialVault, UserLease
from freshet.wiring import client, table, utc_now, wait


def lease_for(settings: ProviderSettings) -> DynamoUserLease:
    """Build the lease on users' credentials; who holds it shares it with the vault he writes."""
    return DynamoUserLease(
        table(settings.connections_table), clock=utc_now, wait=wait, random_bytes=os.urandom
    )


def vault_for(settings: ProviderSettings, lease: UserLease | None = None) -> LeasedVault:
    """Build the vault; its writes take the user's lease by themselves."""
    return LeasedVault(_store(settings), lease or lease_for(settings))


def old_store(settings: ProviderSettings) -> SecretsManagerVault:
    """Build the store of Secrets Manager, the one that credentials move out of."""
    return SecretsManagerVault(client("secretsmanager"), settings.user_secret_prefix)


def new_store(settings: ProviderSettings) -> CredentialVault:
    """Build the store of KMS and the table, the one that credentials move into."""
    # Loaded only where it is used: a client of AWS costs a cold start.
    from freshet.adapters.kms_vault import KmsVault

    return KmsVault(
        client("kms"), settings.credential_kms_arn, table(settings.connections_table), utc_now
    )


def _store(settings: ProviderSettings) -> CredentialVault:
    if settings.credential_store is CredentialStore.SECRETS_MANAGER:
        return old_store(settings)
    from freshet.adapters.vault_on_the_move import VaultOnTheMove

    # For good: a function does not learn that the last user's credentials have moved. A credential
    # that is in the new store costs no look into the old one.
    return VaultOnTheMove(new=new_store(settings), old=old_store(settings))
