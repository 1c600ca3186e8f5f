"""Simulated document camera (高拍仪): MJPEG over HTTP, a desk and papers drawn for it."""
