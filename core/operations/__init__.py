"""The operators' pages: what is on its way, what is stuck, and what is decided about it."""
