"""Shapes of holdings that the providers themselves document, field by field."""

from typing import Annotated, Any

from freshet.domain.provider_offer import DocumentedShape
from freshet.http.shapes.vocabulary import Look


def documented_list(shape: DocumentedShape) -> Any:
    """Make the shape of a list of accounts."""
    return list[Annotated[dict[str, Any], Look(title=shape.title, description=shape.fields)]]
