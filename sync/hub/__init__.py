"""The county's end: durable intake and receipts."""
