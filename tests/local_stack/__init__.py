"""The deployed system on this machine: a local AWS, the real template, no Docker."""
