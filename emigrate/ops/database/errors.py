"""What can go wrong with the embedded database, in words that say what to do."""


class DatabaseUnavailable(Exception):
    """The database could not be found, started or reached; the text says what to do next."""
