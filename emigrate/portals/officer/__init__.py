"""The Protector's pages: the queue, and a case with its comparison and decision."""
