"""Who plays: invented users, their connections, and what should become of each."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.sandbox.deployed import Deployed


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """One connection of one user."""

    user_id: str
    institution: str
    mode: str
    portfolio: tuple[str, ...]
    refresh_every: str | None = None
    presses_refresh: bool = False

    @property
    def expects_holdings(self) -> bool:
        """A disabled connection must be repaired by its user before anything is read."""
        return self.mode != "disabled"


ROLES = (
    Role(
        user_id="ana",
        institution="Acme Brokerage",
        mode="delayed",
        portfolio=("everyday", "trader"),
        refresh_every="PT24H",
    ),
    Role(
        user_id="ana",
        institution="Northern Securities",
        mode="delayed",
        portfolio=("northern",),
        refresh_every="PT24H",
    ),
    Role(
        user_id="ben",
        institution="Coinharbor",
        mode="realtime",
        portfolio=("crypto",),
        refresh_every="PT24H",
    ),
    Role(
        user_id="ben",
        institution="Harvest Retirement",
        mode="delayed",
        portfolio=("everyday",),
        presses_refresh=True,
    ),
    Role(
        user_id="cleo",
        institution="Oldtown Trust",
        mode="disabled",
        portfolio=("everyday",),
        refresh_every="PT24H",
    ),
)


@dataclass(frozen=True, slots=True)
class Player:
    """A role with the id of its registered connection."""

    role: Role
    connection_id: str


def enter(deployed: Deployed, progress: Callable[[str], None]) -> list[Player]:
    """Link every connection at the provider and register it with Freshet."""
    players = []
    for role in ROLES:
        progress(f"Registering {role.institution} ({role.mode}) for {role.user_id}")
        slug = role.institution.split()[0].upper()
        connection_id = deployed.link(
            role.user_id,
            mode=role.mode,
            institution={"slug": slug, "name": role.institution},
            portfolio=list(role.portfolio),
            refresh_every=role.refresh_every,
        )
        players.append(Player(role, connection_id))
    return players
