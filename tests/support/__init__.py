"""Code shared by tests; never packaged."""
