"""Icons as SVG; currentColor is replaced by a token."""
