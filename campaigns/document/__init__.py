"""The campaign's plan as a document one can hand over: what it consists of, and who gets which part."""
