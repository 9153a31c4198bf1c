"""The route /v1/providers."""

from aws_lambda_powertools.event_handler import Response

from freshet.domain.provider import TRAITS
from freshet.http.application import Api, json_response
from freshet.http.caller import Scope
from freshet.http.shapes import money_shape


def add_provider_routes(api: Api) -> None:
    """Register the routes."""
    parts = api.parts

    @api.resolver.get("/v1/providers")
    def list_providers() -> Response[str]:
        api.caller(Scope.READ)
        items = [
            {
                "name": provider,
                "configured": provider in parts.providers,
                "refresh": {
                    "cost": money_shape(parts.prices[provider]),
                    "answers_in_place": TRAITS[provider].buys_in_place,
                },
            }
            for provider in sorted(TRAITS)
        ]
        return json_response(200, {"items": items, "next_cursor": None})
