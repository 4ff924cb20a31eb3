"""`python -m hemoscope`, for where the command is not on the path."""

from hemoscope.cli.main import main

main()
