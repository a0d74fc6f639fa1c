"""The partners' side of every protocol: an own process with its own checks; not a real partner."""
