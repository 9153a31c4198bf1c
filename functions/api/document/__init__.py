"""Makes the OpenAPI document from the product's operations and shapes; not part of the artifact."""

from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[1] / "openapi.json"
EXAMPLES = Path(__file__).with_name("examples.json")
