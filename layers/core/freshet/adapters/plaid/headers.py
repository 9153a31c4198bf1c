"""The header by which Plaid's webhooks prove themselves, in lower case."""

PROOF = "plaid-verification"
