"""Function views, one module per page or tab."""
