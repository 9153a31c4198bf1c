"""Texts in S3, read line by line."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from itertools import islice
from typing import Any

from msgspec import Struct

from freshet.domain.errors import NotFound

_AT_ONCE = 500  # more than one invocation gets through


class S3Lines(Struct, frozen=True):
    """The port TextObjects."""

    client: Callable[[], Any]

    def lines(self, place: Mapping[str, str], *, start: int) -> Sequence[str]:
        """Give some lines from a number on; raises NotFound for what is not there for us."""
        client = self.client()
        try:
            answer = client.get_object(Bucket=place["bucket"], Key=place["key"])
        except client.exceptions.ClientError as error:
            # Without the permission to list a bucket, what is missing is "access denied".
            raise NotFound(place["key"]) from error
        with closing(answer["Body"]) as body:
            found = islice(body.iter_lines(), start, start + _AT_ONCE)
            return [line.decode(errors="replace") for line in found]
