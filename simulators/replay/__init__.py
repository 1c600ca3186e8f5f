"""A recorded session as a device (docs/devices/trace.md)."""
