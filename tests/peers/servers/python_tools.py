"""The tools that the Python servers offer: what `register` adds to a server of any SDK version."""


import anyio

try:
    from mcp.server.fastmcp import Context  # SDK 1.x
except ImportError:
    from mcp.server.mcpserver import Context


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

    @server.tool()
    async def nap(seconds: float, ctx: Context) -> str:
        """Says that it has begun, and answers after that time."""
        await ctx.report_progress(1)
        await anyio.sleep(seconds)
        return "that was good"
