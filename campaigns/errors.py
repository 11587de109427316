"""What a service refuses, said in one sentence for the person who asked."""


class Refused(Exception):
    """The service did nothing; `str(refusal)` says why and what to do instead."""


class NotEditable(Refused):
    """The working copy is closed: approved, cancelled or evaluated."""
