"""Simulated social security cards (社会保障卡) in a real PC/SC service with virtual readers (vsmartcard-vpcd)."""
