"""How each capability is built, one folder per capability."""
