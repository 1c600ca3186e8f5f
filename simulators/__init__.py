"""Simulated devices that speak true bytes with encoders of their own."""
