"""The API: schemas and endpoints, each one action or query; nothing here decides."""
