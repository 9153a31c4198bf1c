"""Genuine inputs changed at random, again and again: nothing of that may be taken for genuine."""
