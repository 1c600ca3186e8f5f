"""The window clerk's screen."""
