"""Smaller models: parts of the token encoder are scored, cut out for real, and trained over.

scores/      what each block, head, channel and hidden unit is worth, by which source
guides       scores become an order of removal; so do chance and the size of weights
choice       which parts a step removes
surgery      a model without them: smaller matrices, no masks
pruning      step by step within a budget of accuracy, from run folder to run folder

Import the module you need; everything here needs the train extra.
"""
