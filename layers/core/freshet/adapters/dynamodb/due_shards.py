"""The partitions of the due index: what waits in each of them for the planner."""

import hashlib

from freshet.domain.provider import Provider
from freshet.domain.schedule import DUE_SHARDS


def awaited_shard(provider: Provider) -> str:
    """Name the partition of connections whose open refresh a user waits for; they are few."""
    return f"DUE#{provider}#AWAITED"


def postponed_shard(provider: Provider) -> str:
    """Name the partition of connections whose turn has come before, when no quota was left."""
    return f"DUE#{provider}#POSTPONED"


def look_shard(provider: Provider) -> str:
    """Name the partition of broken links, each of which is looked at now and then."""
    return f"DUE#{provider}#LOOKS"


def erasures_shard() -> str:
    """Name the partition of erasures that are under way; they are few."""
    return "DUE#ERASURES"


def due_shard(provider: Provider, connection_id: str) -> str:
    """Spread a provider's connections over its partitions of the index, always the same way."""
    digest = hashlib.sha256(connection_id.encode()).digest()
    return due_shard_name(provider, digest[0] % DUE_SHARDS)


def due_shard_name(provider: Provider, number: int) -> str:
    """Name one partition of the due index; one provider's backlog never hides another's."""
    return f"DUE#{provider}#{number}"
