"""The trial's mailbox: shows the mails its catcher kept; only in an embedded trial, only on loopback."""
