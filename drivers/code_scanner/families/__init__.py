"""One file a family of scanner commands; contract.py says what each gives, known.py which there are."""
