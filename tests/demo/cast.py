"""Who plays: invented users, their connections, and what should become of each."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.local_stack.deployed import Deployed


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """One connection of one user."""

    user_id: str
    provider: str
    institution: str
    mode: str
    portfolio: tuple[str, ...]
    refresh_every: str | None = None
    presses_refresh: bool = False

    @property
    def expects_holdings(self) -> bool:
        """A disabled connection must be repaired by its user before anything is read."""
        return self.mode != "disabled"

    @property
    def expects_purchase(self) -> bool:
        """Money is spent where somebody asks for it and the provider can do something for it."""
        return self.mode == "delayed" and bool(self.refresh_every or self.presses_refresh)


ROLES = (
    Role(
        user_id="ana",
        provider="snaptrade",
        institution="Northern Securities",
        mode="delayed",
        portfolio=("everyday", "trader"),
        refresh_every="PT24H",
    ),
    Role(
        user_id="ana",
        provider="plaid",
        institution="ins_acme",
        mode="delayed",
        portfolio=("trader", "checking"),
        refresh_every="PT24H",
    ),
    Role(
        user_id="ben",
        provider="snaptrade",
        institution="Coinharbor",
        mode="realtime",
        portfolio=("crypto",),
        refresh_every="PT24H",
    ),
    Role(
        user_id="ben",
        provider="plaid",
        institution="ins_slow",
        mode="delayed",
        portfolio=("everyday",),
        presses_refresh=True,
    ),
    Role(
        user_id="cleo",
        provider="snaptrade",
        institution="Oldtown Trust",
        mode="disabled",
        portfolio=("everyday",),
        refresh_every="PT24H",
    ),
    Role(
        user_id="cleo",
        provider="plaid",
        institution="ins_manual",
        mode="unsupported",
        portfolio=("northern",),
        refresh_every="PT24H",
    ),
)


@dataclass(frozen=True, slots=True)
class Player:
    """A role with the id of its registered connection."""

    role: Role
    connection_id: str


def enter(deployed: Deployed, progress: Callable[[str], None]) -> list[Player]:
    """Link every connection at its provider and register it with Freshet."""
    players = []
    for role in ROLES:
        progress(f"Registering a connection of {role.user_id} at {role.provider} ({role.mode})")
        link = _link_item if role.provider == "plaid" else _link_authorization
        players.append(Player(role, link(deployed, role)))
    return players


def _link_authorization(deployed: Deployed, role: Role) -> str:
    slug = role.institution.split()[0].upper()
    return deployed.link(
        role.user_id,
        mode=role.mode,
        institution={"slug": slug, "name": role.institution},
        portfolio=list(role.portfolio),
        refresh_every=role.refresh_every,
    )


def _link_item(deployed: Deployed, role: Role) -> str:
    return deployed.link_item(
        role.user_id,
        institution=role.institution,
        portfolio=list(role.portfolio),
        refresh_every=role.refresh_every,
    )
