"""The counter: green, red or amber, and what the officer records."""
