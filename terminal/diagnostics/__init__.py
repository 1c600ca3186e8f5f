"""Fault texts, device checks and the doctor."""
