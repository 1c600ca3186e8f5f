"""The capture child: it alone opens cameras and publishes their frames."""
