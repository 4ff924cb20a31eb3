"""One way of making maps a file, and the table of all."""
