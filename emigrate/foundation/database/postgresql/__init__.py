"""Django's own PostgreSQL backend, but for how an idle connection is looked at."""
