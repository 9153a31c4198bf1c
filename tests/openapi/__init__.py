"""The OpenAPI document: made from the product's operations and shapes, kept beside the handler."""

from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[2] / "functions" / "api" / "openapi.json"
EXAMPLES = Path(__file__).with_name("examples.json")
