def split() -> None: 'x'
