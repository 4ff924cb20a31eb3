"""The study: the paper's models on the real cells, and the tables made from their results."""
