"""Finds better prompts. Run by hand, one module an operation; nothing of Charlie imports them."""
