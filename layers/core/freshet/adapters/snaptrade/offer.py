"""What the API says of SnapTrade."""

from freshet.domain.provider_offer import DocumentedShape, ProviderOffer, ReturnForm

OFFER = ProviderOffer(
    link_page="SnapTrade's portal",
    returns=(
        ReturnForm(
            name="SnapTradeReturnBody",
            description="The user came back from SnapTrade's portal.",
            required=("link_session_id",),
            optional=("provider_connection_id", "state"),
        ),
        ReturnForm(
            name="SnapTradeConnectionBody",
            description="SnapTrade's portal has named a connection.",
            required=("provider_connection_id",),
        ),
    ),
    documented=DocumentedShape(
        title="SnapTradeHoldings",
        summary="SnapTrade's own AccountHoldings, which are not paged",
        least_bytes_of_a_line=300,  # one of nulls alone has 319, its quotes counted twice
        fields=(
            "SnapTrade's AccountHoldings: `account`, `balances`, `positions`, `option_positions`, "
            "`orders`, `total_value`. A field that SnapTrade no longer serves is null or left out."
        ),
    ),
)
