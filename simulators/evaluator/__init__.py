"""Simulated evaluator pad (评价器), written from docs/devices/evaluator.md alone."""
