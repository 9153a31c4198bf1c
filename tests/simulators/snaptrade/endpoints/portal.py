"""Endpoints around the portal: the login that opens it, and a page in its place."""

from html import escape
from http import HTTPStatus

from tests.simulators.common.exact_json import Document
from tests.simulators.common.wire import Reply
from tests.simulators.snaptrade.calls import Call
from tests.simulators.snaptrade.portal import Portal
from tests.simulators.snaptrade.portal_links import LINK_PATH, LoginOptions, PortalLinks
from tests.simulators.snaptrade.portal_visits import OUTCOMES, Visit
from tests.simulators.snaptrade.refusals import InvalidInput
from tests.simulators.snaptrade.world import World

_HEAD = (
    '<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">'
    '<title>Portal</title><link rel="icon" href="data:,"><style>'
    ":root{color-scheme:light dark;font:16px/1.5 Helvetica,Arial,sans-serif}"
    "body{max-width:26rem;margin:3rem auto;padding:0 1rem}ul{padding:0;list-style:none}"
    "a{display:block;padding:.6rem 0;border-bottom:1px solid #8885}</style>"
    "<p>SnapTrade's portal, simulated</p>"
)


class PortalEndpoints:
    """One method per endpoint."""

    def __init__(self, *, world: World, links: PortalLinks, portal: Portal) -> None:
        self._world = world
        self._links = links
        self._portal = portal

    def login(self, call: Call) -> Document:
        """Issue a link to the portal."""
        options = LoginOptions.from_document(call.document())
        if options.reconnect is not None:
            self._world.connection(options.reconnect, user_id=call.user_id)
        return self._links.issue(call.user_id, options, origin=call.origin)

    def page(self, call: Call) -> Reply:
        """Show the ways the visit may end; with `outcome` in the query, end it so."""
        address = f"{LINK_PATH}?{call.raw_query}"
        outcome = call.query.get("outcome")
        if outcome is None:
            self._links.find(address)
            return _html_reply(call.raw_query)
        if outcome not in OUTCOMES:
            raise InvalidInput
        departure = self._portal.visit(address, Visit(outcome))
        headers = {"Location": departure.redirect}
        return Reply(HTTPStatus.FOUND, b"", headers=headers)


def _html_reply(query: str) -> Reply:
    links = "".join(
        f'<li><a href="?{escape(query)}&amp;outcome={name}">{name}</a></li>' for name in OUTCOMES
    )
    page = f"{_HEAD}<h1>How does it end?</h1><ul>{links}</ul></html>"
    return Reply(HTTPStatus.OK, page.encode(), content_type="text/html; charset=utf-8")
