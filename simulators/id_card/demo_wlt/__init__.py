"""DEMO portrait codec: real pictures behind the WLT header for simulated cards. It decodes no real card."""
