"""`make openapi`: write the document beside the function that serves it."""

from tests.openapi import DOCUMENT
from tests.openapi.text import as_text

if __name__ == "__main__":
    DOCUMENT.write_text(as_text())
