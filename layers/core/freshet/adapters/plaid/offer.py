"""What the API says of Plaid."""

from freshet.domain.provider_offer import ProviderOffer, ReturnForm

OFFER = ProviderOffer(
    link_page="Plaid's Link",
    returns=(
        ReturnForm(
            name="PlaidReturnBody",
            description="Link has ended at Plaid; a repair brings no public token.",
            required=("link_session_id",),
            optional=("public_token", "state"),
        ),
        ReturnForm(
            name="PlaidTokenBody",
            description="Link has ended at Plaid; in which session is unknown.",
            required=("public_token",),
        ),
    ),
)
