def evaluate() -> None: 'x'
