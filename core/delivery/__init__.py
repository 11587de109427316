"""The delivery engine: how a message gets to one person, never lost, never sent twice by itself.

`models` what is kept, `states` the edges, `transitions` every change of state, `claiming` who works
on what, `smtp` the mail server in phases, `engine` the loop, `routes` where apps register, `sweeper`
what beat does, `decisions` what people decide. docs/developers/delivery.md tells it in one piece.
"""
