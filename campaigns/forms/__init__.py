"""Forms, one module per page or tab."""
