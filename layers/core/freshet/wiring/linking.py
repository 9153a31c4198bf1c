"""What linking is built from: the stores, and the pages of the providers that are configured."""

from freshet.adapters.dynamodb.link_sessions import DynamoLinkSessions
from freshet.adapters.dynamodb.provider_users import DynamoProviderUsers
from freshet.adapters.plaid.item_links import PlaidItemLinks
from freshet.adapters.plaid.linking import PlaidLinking
from freshet.adapters.snaptrade.linking import SnapTradeLinking
from freshet.adapters.transport import Transport
from freshet.config import ApiSettings
from freshet.domain.provider import Provider
from freshet.domain.quota import IN_A_ROW
from freshet.ports import UserLease
from freshet.services.linking import Linking
from freshet.services.register_connection import Registering
from freshet.wiring import table, utc_now
from freshet.wiring.wires import Wires


def linking_for(settings: ApiSettings, registering: Registering, lease: UserLease) -> Linking:
    """Build the parts of linking beside those of a registration by an operator."""
    connections_table = table(settings.connections_table)
    wires = Wires(settings, IN_A_ROW, Transport())
    return Linking(
        sessions=DynamoLinkSessions(connections_table),
        users=DynamoProviderUsers(connections_table),
        lease=lease,
        owners=registering.owners,
        inbox=registering.inbox,
        connections=registering.connections,
        vault=registering.vault,
        reads=registering.reads,
        snaptrade=_portal(settings, wires),
        plaid=_items(settings, wires),
        redirect_uris=settings.link_redirect_uris,
        random_bytes=registering.random_bytes,
        clock=utc_now,
    )


def _portal(settings: ApiSettings, wires: Wires) -> SnapTradeLinking | None:
    if Provider.SNAPTRADE not in settings.providers:
        return None
    return SnapTradeLinking(wires.snaptrade())


def _items(settings: ApiSettings, wires: Wires) -> PlaidItemLinks | None:
    if Provider.PLAID not in settings.providers:
        return None
    wire, _ = wires.plaid_reading()
    return PlaidItemLinks(
        linking=PlaidLinking(wire),
        client_name=settings.plaid_client_name,
        language=settings.plaid_language,
        country_codes=tuple(each.strip() for each in settings.plaid_country_codes.split(",")),
    )
