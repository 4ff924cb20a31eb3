def demo() -> None: 'x'
