"""The application core: configuration, cases, device sessions, store, custody. No Qt, no network."""
