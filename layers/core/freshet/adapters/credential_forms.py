"""What every provider's credential keeps to, as an operator writes it."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from freshet.domain.credential import Secret

Text = Annotated[str, Field(min_length=1, max_length=256)]
SecretText = Annotated[SecretStr, Field(min_length=1)]


class StrictForm(BaseModel):
    """Refuses what it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def secret_of(text: SecretStr) -> Secret:
    """Wrap a secret in our own type."""
    return Secret(text.get_secret_value())
