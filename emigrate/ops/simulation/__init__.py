"""A small world in a simulation database: every step goes through the platform's own actions."""
