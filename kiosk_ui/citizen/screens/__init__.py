"""Passive widgets of the citizen's screen."""
