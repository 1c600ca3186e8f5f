"""Traces: what passed between a driver and its device, without anything of a person (docs/devices/trace.md)."""
