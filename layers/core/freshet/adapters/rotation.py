"""Replacing credentials at the providers that are configured."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from msgspec import Struct

from freshet.domain.call_errors import AccessRevoked, ProviderError
from freshet.domain.credential import Credential
from freshet.domain.errors import ProviderNotConfigured
from freshet.domain.provider import Provider


class ConfiguredRotation(Struct, frozen=True):
    """The port CredentialRotation."""

    replacers: Mapping[Provider, Callable[[Credential], Credential]]

    def replace(self, provider: Provider, credential: Credential) -> Credential:
        """Get a new one: the old one is void at once; raises CallFailed, ProviderNotConfigured.

        Raises AccessRevoked where the old one was void before.
        """
        replacer = self.replacers.get(provider)
        if replacer is None:
            raise ProviderNotConfigured(provider)
        return replacer(credential)


@contextmanager
def void_is_revoked(*codes: str) -> Iterator[None]:
    """Raise AccessRevoked for the codes that call the given credential void.

    In other calls the same codes may blame us.
    """
    try:
        yield
    except ProviderError as error:
        if error.answer.code in codes:
            raise AccessRevoked(error.answer) from error
        raise
