"""The keys of the providers; what is different about each stands in its own package."""

from enum import StrEnum


class Provider(StrEnum):
    """A company that reads brokers on our behalf."""

    SNAPTRADE = "snaptrade"
    PLAID = "plaid"
