"""The sync protocol, the terminal's agent and the county hub."""
