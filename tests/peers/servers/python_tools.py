"""The tools that the Python servers offer: what `register` adds to a server of any SDK version."""


def register(server) -> None:
    @server.tool()
    def echo(message: str) -> str:
        """Answers its message."""
        return f"Echo: {message}"

    @server.tool()
    def add(a: int, b: int) -> int:
        """Adds two numbers."""
        return a + b

    @server.tool()
    def fail() -> str:
        """Always fails."""
        raise RuntimeError("the database is away")
