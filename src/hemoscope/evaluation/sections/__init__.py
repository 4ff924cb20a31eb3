"""The sections of an `Evaluation`, each built from the pure functions beside this folder."""
