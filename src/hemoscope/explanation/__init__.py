"""Where a model looked: maps for a class or a contrast, and how faithful each map is.

methods/        one way of making maps a file, all met by `Explainer`
faithfulness/   what a map is worth: deletion and insertion, energy in the cell, sanity check
explain_cells   images → maps, in one call

Nothing is imported here: results (`result`) can be read and drawn without torch.
"""
