"""Having the configured providers replace credentials."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from freshet.domain.call_errors import AccessRevoked, ProviderError
from freshet.domain.credential import Credential
from freshet.domain.errors import ProviderNotConfigured
from freshet.domain.provider import Provider

# How each provider says that the credential it was shown is none; elsewhere that may mean us.
_VOID = {Provider.SNAPTRADE: "1083", Provider.PLAID: "INVALID_ACCESS_TOKEN"}


@dataclass(frozen=True, slots=True)
class ConfiguredRotation:
    """The port CredentialRotation."""

    replacers: Mapping[Provider, Callable[[Credential], Credential]]

    def replace(self, provider: Provider, credential: Credential) -> Credential:
        """Get a new one: the old one is void at once; raises CallFailed, ProviderNotConfigured.

        Raises AccessRevoked where the old one was void before.
        """
        replacer = self.replacers.get(provider)
        if replacer is None:
            raise ProviderNotConfigured(provider)
        try:
            return replacer(credential)
        except ProviderError as error:
            if error.answer.code == _VOID[provider]:
                raise AccessRevoked(error.answer) from error
            raise
