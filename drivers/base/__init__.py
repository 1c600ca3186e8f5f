"""What all drivers share: errors, transports, clock, deadlines, sensitive data, wire tap."""
