"""The case: model, transition table, service, catalogue, papers."""
