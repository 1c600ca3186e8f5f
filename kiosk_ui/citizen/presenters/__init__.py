"""From snapshots to what the citizen sees; pure, no Qt."""
