"""FBSD in plain PyTorch, to check against the goldens and to measure against."""
