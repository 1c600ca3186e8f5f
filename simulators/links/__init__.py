"""The lines between a simulated device and the product: serial pair, TCP socket, proxy that spoils a TCP line."""
