"""From a table of cells to a run folder. Needs torch; import its modules by name."""
