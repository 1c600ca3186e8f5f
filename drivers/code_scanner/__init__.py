"""QR and barcode scanners (扫码器): four command families, plain line sources, and the keyboard wedge's stand-in."""
