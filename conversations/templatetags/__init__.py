"""Words and marks of the templates."""
