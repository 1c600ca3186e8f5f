"""Keys, manifests and sealing."""
