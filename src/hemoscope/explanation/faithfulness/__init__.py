"""What a map is worth, measured."""
