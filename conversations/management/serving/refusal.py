class CannotServe(Exception):
    """The site cannot start; the text is the one sentence that a person reads."""
