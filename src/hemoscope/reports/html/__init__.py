"""Self-contained pages: no external file, no script, readable offline and on paper."""
