"""A simulated QR and barcode scanner of any of four command families, or of none."""
