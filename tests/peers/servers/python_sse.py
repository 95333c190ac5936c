"""An HTTP+SSE server (2024-11-05), made of the official Python SDK 1.x.

python_sse.py PORT: the stream is GET /sse. GET /sessions answers how many streams are open.
"""

import sys

import python_tools
import uvicorn
from mcp.server.fastmcp import FastMCP
from mcp.server.sse import SseServerTransport
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route

port = int(sys.argv[1])
server = FastMCP("python-sse-peer")
python_tools.register(server)
transport = SseServerTransport("/messages/")


async def stream(request):
    mcp_server = server._mcp_server
    async with transport.connect_sse(request.scope, request.receive, request._send) as streams:
        await mcp_server.run(*streams, mcp_server.create_initialization_options())
    return Response()


async def sessions(_request):
    return PlainTextResponse(str(len(transport._read_stream_writers)))


app = Starlette(
    routes=[
        Route("/sse", endpoint=stream),
        Route("/sessions", endpoint=sessions),
        Mount("/messages/", app=transport.handle_post_message),
    ]
)
uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")
