"""How users come to SnapTrade, link brokerages there, and leave."""

from typing import Any

from msgspec import Struct
from pydantic import Field, TypeAdapter

from freshet.adapters.foreign_json import LenientModel, Text, validated_whole
from freshet.adapters.rotation import void_is_revoked
from freshet.adapters.snaptrade import endpoints
from freshet.adapters.snaptrade.http_client import Document, SnapTradeHttpClient
from freshet.adapters.snaptrade.registration import PortalLink
from freshet.domain.call_errors import ProviderAnswer
from freshet.domain.credential import Credential, Secret

_VOID = "1083"  # how SnapTrade calls a secret void
_NAMES = TypeAdapter(list[str])


class _Connection(LenientModel):
    id: Text


_CONNECTIONS = TypeAdapter(list[_Connection])


class _User(LenientModel):
    user_id: Text = Field(alias="userId")
    user_secret: Text = Field(alias="userSecret")


class _Portal(LenientModel):
    redirect_uri: Text = Field(alias="redirectURI")
    session_id: Text = Field(alias="sessionId")


class SnapTradeLinking(Struct, frozen=True):
    """One method for each operation; every one raises ProviderError or QuotaExhausted."""

    http_client: SnapTradeHttpClient

    def register_user(self, user_id: str) -> Credential:
        """Register a user under an opaque ASCII id; the secret is shown this once."""
        body = {"userId": user_id}
        return _to_credential(self.http_client.read(endpoints.REGISTER_USER, content=body))

    def list_users(self) -> list[str]:
        """List the ids of every user of this customer, all at once."""
        document = self.http_client.read(endpoints.LIST_USERS)
        return validated_whole(_NAMES.validate_python, document.content, document.told)

    def delete_user(self, user_id: str) -> ProviderAnswer:
        """Queue a user and everything of theirs for deletion; USER_DELETED confirms it."""
        return self.http_client.tell(endpoints.DELETE_USER, parameters={"userId": user_id})

    def reset_secret(self, user: Credential) -> Credential:
        """Replace a user's secret; the old one is void at once.

        Raises AccessRevoked where it was void before.
        """
        body = {"userId": user.subject, "userSecret": user.secret.reveal()}
        with void_is_revoked(_VOID):
            return _to_credential(self.http_client.read(endpoints.RESET_SECRET, content=body))

    def connection_ids(self, user: Credential) -> list[str]:
        """List a user's connections, disabled ones included."""
        document = self.http_client.read(endpoints.CONNECTIONS, user=user)
        found = validated_whole(_CONNECTIONS.validate_python, document.content, document.told)
        return [each.id for each in found]

    def portal(
        self,
        user: Credential,
        *,
        redirect_url: str | None,
        broker: str | None = None,
        reconnect: str | None = None,
    ) -> PortalLink:
        """Give a link to the connection portal, to link anew or to `reconnect` a connection.

        We only ever ask to read. The redirect that follows proves nothing.
        """
        optional = {
            "broker": broker,
            "reconnect": reconnect,
            "customRedirect": redirect_url,
            "immediateRedirect": None if redirect_url is None else True,
        }
        body: dict[str, Any] = {
            **{name: value for name, value in optional.items() if value is not None},
            "connectionType": "read",
            "connectionPortalVersion": "v4",
        }
        document = self.http_client.read(endpoints.PORTAL, user=user, content=body)
        answer = validated_whole(_Portal.model_validate, document.content, document.told)
        return PortalLink(Secret(answer.redirect_uri), answer.session_id)

    def remove_connection(self, user: Credential, connection_id: str) -> ProviderAnswer:
        """Queue a connection for deletion; CONNECTION_DELETED confirms it."""
        return self.http_client.tell(endpoints.REMOVE_CONNECTION, connection_id, user=user)


def _to_credential(document: Document) -> Credential:
    answer = validated_whole(_User.model_validate, document.content, document.told)
    return Credential(answer.user_id, Secret(answer.user_secret))
