"""From snapshots to what the clerk sees; pure, no Qt."""
