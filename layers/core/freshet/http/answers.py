"""JSON answers: they belong to one user, and are checked before they are used again."""

import json
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.event_handler import Response

_WORTH_COMPRESSING = 1_000


def json_response(
    status: int, body: Mapping[str, Any] | None, headers: dict[str, str] | None = None
) -> Response[str]:
    """Answer JSON, or no body for None; a long one is compressed for who accepts that."""
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False) if body is not None else ""
    return json_text_response(status, text, headers)


def json_text_response(
    status: int, text: str, headers: dict[str, str] | None = None
) -> Response[str]:
    """Answer JSON that is text already."""
    return Response(
        status_code=status,
        content_type="application/json",
        body=text,
        compress=len(text) > _WORTH_COMPRESSING,
        headers={
            "Cache-Control": "private, no-cache",
            "Vary": "Authorization, Accept-Encoding",
            **(headers or {}),
        },
    )
