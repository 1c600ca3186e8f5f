"""Windows on displays, start and end of the program."""
