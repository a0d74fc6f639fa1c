"""Command line, embedded database, registers, demonstration, health and repair."""
