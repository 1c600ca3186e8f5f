"""One file a family: its bytes as domain.md c has them."""
