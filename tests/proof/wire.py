"""HTTP/1.1 with asyncio, as much as the harness needs."""

import asyncio
import urllib.parse


async def read_head(reader):
    """The first line in its three parts, and the headers by their names in lower case."""
    text = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = text[:-4].split("\r\n")
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    return first.split(" ", 2), headers


async def read_body(reader, headers):
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = b""
        while piece := await read_chunk(reader):
            body += piece
        return body
    if "content-length" in headers:
        return await reader.readexactly(int(headers["content-length"]))
    return b""


async def read_chunk(reader):
    """A chunk's data; nothing at the end."""
    size = int(await reader.readline(), 16)
    return (await reader.readexactly(size + 2))[:-2]


def chunk(data):
    return b"%x\r\n%b\r\n" % (len(data), data)


def head(first, headers):
    lines = [first, *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def answer(status, body=b"", content_type="application/json", **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    if body:
        headers["Content-Type"] = content_type
    return head(f"HTTP/1.1 {status} -", {**headers, "Content-Length": len(body)}) + body


async def fetch(url, body=None, timeout=10):
    """The body of a 2xx answer, over a connection of its own."""
    parts = urllib.parse.urlsplit(url)

    async def exchange():
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        try:
            path = (parts.path or "/") + ("?" + parts.query if parts.query else "")
            headers = {
                "Host": parts.netloc,
                "Connection": "close",
                "Content-Length": len(body or b""),
                "Content-Type": "application/x-www-form-urlencoded",
            }
            writer.write(
                head(f"{'GET' if body is None else 'POST'} {path} HTTP/1.1", headers)
                + (body or b"")
            )
            (_, status, *_), headers = await read_head(reader)
            got = await read_body(reader, headers)
            if status[0] != "2":
                raise ConnectionError(f"{url}: {status} {got[:500].decode(errors='replace')}")
            return got
        finally:
            writer.close()

    return await asyncio.wait_for(exchange(), timeout)


async def serve(handle, host, port=0):
    """A server whose `handle(method, path, headers, body)` gives the bytes of each answer."""

    async def connection(reader, writer):
        try:
            while True:
                (method, path, _), headers = await read_head(reader)
                body = await read_body(reader, headers)
                writer.write(await handle(method, path, headers, body))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    return await asyncio.start_server(connection, host, port)
