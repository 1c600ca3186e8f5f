"""What the desk does in each step of a case: one file a step, one class each, all on the case thread."""
