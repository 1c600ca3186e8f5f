"""Staff, roles, PIN sign-in."""
