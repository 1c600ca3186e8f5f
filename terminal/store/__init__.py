"""The encrypted store: database, journal of open cases, blobs."""
