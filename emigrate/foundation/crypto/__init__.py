"""Field encryption, blinded keys and signing keys."""
