def classify() -> None: 'x'
