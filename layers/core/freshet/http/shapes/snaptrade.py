"""SnapTrade's own shape: its AccountHoldings as SnapTrade documents them, field by field."""

from typing import Annotated, Any

from freshet.http.shapes.vocabulary import Look

SnapTradeHoldings = Annotated[
    dict[str, Any],
    Look(
        title="SnapTradeHoldings",
        description=(
            "SnapTrade's AccountHoldings: `account`, `balances`, `positions`, `option_positions`, "
            "`orders`, `total_value`. The README says where each field comes from."
        ),
    ),
]
