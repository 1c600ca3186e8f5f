"""Colours, type scale, spacing and the one stylesheet made of them."""
