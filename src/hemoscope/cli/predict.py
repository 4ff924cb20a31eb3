def predict() -> None: 'x'
