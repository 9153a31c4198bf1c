"""`make openapi`: write the document beside the function that serves it."""

from functions.api.document import DOCUMENT
from functions.api.document.text import as_text

if __name__ == "__main__":
    DOCUMENT.write_text(as_text())
