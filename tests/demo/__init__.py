"""The demo: Freshet's real template at work on this machine."""
