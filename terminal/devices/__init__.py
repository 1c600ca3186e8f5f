"""Device sessions: one generic actor, supervision and policy."""
