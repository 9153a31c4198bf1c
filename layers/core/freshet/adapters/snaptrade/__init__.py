"""SnapTrade: client, signature, mapping, error table, webhooks."""
