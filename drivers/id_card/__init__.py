"""The resident ID-card reader (SAM_V module, GA 450 / GA 467 family)."""
