"""The command line: one file a verb. Each parses, calls one library function, and prints."""
