"""The evidence layer: leaves, Merkle log, signed checkpoints and their publication."""
