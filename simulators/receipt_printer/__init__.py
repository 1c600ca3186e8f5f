"""Simulated receipt printer (凭条打印机), written from the ESC/POS command reference and platform notes alone."""
