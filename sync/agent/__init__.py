"""The terminal's end: outbox, uploader, heartbeat."""
