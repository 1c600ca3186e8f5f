"""Versioned wire schemas, their canonical bytes, signing and encryption."""
