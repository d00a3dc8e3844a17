"""Figures, printed beside the peer or the earlier way in one run; nothing here asserts a time."""
