"""The evaluator pad (评价器), in the neutral serial profile of docs/devices/evaluator.md."""
