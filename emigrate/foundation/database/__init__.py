"""What the database itself refuses: row security, append-only leaves, states without a leaf."""
