"""The pages people open all day, against a bare Django view with the same middleware and session."""
