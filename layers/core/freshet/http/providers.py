"""The operation /v1/providers."""

from aws_lambda_powertools.event_handler import Response

from freshet.http.answers import json_response
from freshet.http.application import Api
from freshet.http.caller import Scope
from freshet.http.operation import Answer, Operation
from freshet.http.shapes.pages import Page, page
from freshet.http.shapes.providers import ProviderOfferShape, provider_shape

LIST_PROVIDERS = Operation(
    id="listProviders",
    verb="GET",
    path="/v1/providers",
    scope=Scope.READ,
    summary="List the providers, whether they are configured and what a refresh costs there",
    answers={200: Answer(Page[ProviderOfferShape])},
)
OPERATIONS = (LIST_PROVIDERS,)


def add_provider_routes(api: Api) -> None:
    """Register the function."""
    deps = api.deps

    @api.serves(LIST_PROVIDERS)
    def list_providers() -> Response[str]:
        items = [
            provider_shape(
                each, traits, is_configured=each in deps.providers, price=deps.prices[each]
            )
            for each, traits in sorted(deps.traits.items())
        ]
        return json_response(200, page(items))
