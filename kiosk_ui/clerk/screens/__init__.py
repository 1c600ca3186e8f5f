"""Passive widgets of the clerk's screen."""
