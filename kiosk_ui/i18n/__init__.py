"""Every text of the screens, one catalogue file per language."""
