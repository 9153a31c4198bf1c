"""The console: one static page that shows the public API at work, and a server for it."""

from tests.console.server import Console

__all__ = ["Console"]
