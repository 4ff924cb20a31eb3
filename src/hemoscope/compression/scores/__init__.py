"""One score a file, each a pure function; `score` gathers them over cells."""
