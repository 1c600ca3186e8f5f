"""`yichuang-sim demo`: the whole hall on this machine, and one whole case through the real windows."""
