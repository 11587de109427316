"""Launch and approval checks, one module per topic; all are imported at start-up."""
