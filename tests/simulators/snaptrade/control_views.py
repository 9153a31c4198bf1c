"""What the control interface shows of the world."""

from tests.simulators.common.exact_json import Document
from tests.simulators.snaptrade.models import Connection
from tests.simulators.snaptrade.world import World


def state_view(world: World) -> Document:
    """Return users with their secrets, connections and accounts, as far as touched."""
    users = [{"user_id": user.id, "user_secret": user.secret} for user in world.users.values()]
    return {
        "users": users,
        "seeded_connections": world.seeded.size,
        "connections": [_connection_view(world, item) for item in world.connections.values()],
        "accounts": [
            {
                "account_id": account.id,
                "connection_id": account.connection_id,
                "kind": account.kind,
                "name": account.name,
                "positions": len(account.positions),
                "revision": account.revision,
                "as_of": account.as_of.isoformat(),
                "synced_at": account.synced_at.isoformat() if account.synced_at else None,
            }
            for account in world.accounts.values()
        ],
    }


def bill_view(world: World) -> Document:
    """Return every billable event and their sum as decimal strings."""
    entries = [
        {
            "at": entry.at.isoformat(),
            "connection_id": entry.connection_id,
            "request_id": entry.request_id,
            "amount": str(entry.amount),
            "currency": entry.currency,
        }
        for entry in world.bill
    ]
    total = str(world.bill_total())
    return {"entries": entries, "total": total, "currency": "USD", "count": len(entries)}


def _connection_view(world: World, connection: Connection) -> Document:
    return {
        "connection_id": connection.id,
        "user_id": connection.user_id,
        "institution": connection.institution.slug,
        "mode": connection.mode.value,
        "is_shared": connection.is_shared,
        "is_disabled": connection.disabled_at is not None,
        "account_ids": [account.id for account in world.accounts_of(connection.id)],
    }
