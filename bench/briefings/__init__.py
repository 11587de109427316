"""How fast one worker delivers briefings: against the limit of one connection, and a peer end to end."""
