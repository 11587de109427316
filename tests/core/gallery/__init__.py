"""A page of all components, only for tests: rendered, looked at and measured with axe-core."""
