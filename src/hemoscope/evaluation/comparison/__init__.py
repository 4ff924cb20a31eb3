"""Several models on the same cells: alignment, paired tests, seeds, the paper's tables."""
