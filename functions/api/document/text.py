"""The document as it lies in the file: the same for the same code."""

import json

from functions.api.document.document import document


def as_text() -> str:
    """Render the document, ending with a newline."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"
