"""The deployed system on this machine: a local AWS, the real template, no Docker."""

from tests.sandbox.stack.local_stack import LocalStack

__all__ = ["LocalStack"]
