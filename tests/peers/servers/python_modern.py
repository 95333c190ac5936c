"""A server of both eras on one path, made of the official Python SDK 2.x.

python_modern.py PORT. GET /sessions answers how many legacy sessions are open.
"""

import sys

import python_tools
from mcp.server import MCPServer
from starlette.responses import PlainTextResponse

server = MCPServer("python-modern-peer", version="2.3", log_level="WARNING")
python_tools.register(server)


@server.custom_route("/sessions", methods=["GET"])
async def sessions(_request):
    return PlainTextResponse(str(len(server.session_manager._server_instances)))


server.run(transport="streamable-http", port=int(sys.argv[1]))
