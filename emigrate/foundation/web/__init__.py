"""What every page and every API answer has: headers, request ids, templates."""
