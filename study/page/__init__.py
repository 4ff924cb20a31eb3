"""The study's part of docs/results.md, from whatever lies under results/.

Nothing here trains or scores: result folders in, Markdown and figures out. A run that is not
there leaves a dash or a sentence, never a guess.
"""
