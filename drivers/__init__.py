"""Device drivers: pure codecs and blocking drivers behind one transport. They know no case."""
