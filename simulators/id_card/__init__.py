"""Simulated ID-card reader: SAM_V module behind a serial line (domain.md a)."""
