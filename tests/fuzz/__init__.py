"""`python -m tests.fuzz`: coverage-guided bytes for every decoder of the product (CONTRIBUTING.md)."""
