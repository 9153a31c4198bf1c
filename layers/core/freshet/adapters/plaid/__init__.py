"""Plaid: client, mapping, error table, webhooks and their verification. An Item is a Connection."""
