"""Simulators and helpers that let the whole system run on one laptop."""
