"""Promises of template.yaml."""
