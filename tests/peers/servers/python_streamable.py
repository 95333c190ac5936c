"""A Streamable HTTP server of the legacy era, made of the official Python SDK 1.x.

python_streamable.py PORT. GET /sessions answers how many sessions are open.
"""

import sys

import python_tools
from mcp.server.fastmcp import FastMCP
from starlette.responses import PlainTextResponse

server = FastMCP("python-peer", port=int(sys.argv[1]), log_level="WARNING")
python_tools.register(server)


@server.custom_route("/sessions", methods=["GET"])
async def sessions(_request):
    return PlainTextResponse(str(len(server.session_manager._server_instances)))


server.run(transport="streamable-http")
