"""What is plugged into this machine: read from /sys and /dev, opening nothing."""
