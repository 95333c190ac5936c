"""A TCP relay between two of a world's processes, maybe with TLS, that breaks."""

import asyncio
import ssl


class Relay:
    def __init__(self, host, port, upstream_port, certificate=None):
        self.host, self.port, self._upstream = host, port, upstream_port
        self._certificate = certificate
        self.delay = 0.0  # seconds, of each piece from the server
        self.loses = None  # bytes: once they have passed in a request, nothing comes back
        self._server = None
        self._writers = set()

    async def start(self):
        if self._server:
            return
        context = None
        if self._certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*self._certificate)
        self._server = await asyncio.start_server(
            self._serve, self.host, self.port, ssl=context, backlog=512
        )

    async def stop(self):
        """From now on connections are refused, and those that are there are reset."""
        if self._server:
            self._server.close()
            self._server = None
        self.cut()

    @property
    def connections(self):
        """That are open, each with two ends."""
        return len(self._writers) // 2

    async def use(self, certificate):
        self._certificate = certificate
        await self.stop()
        await self.start()

    def cut(self):
        for writer in list(self._writers):
            writer.transport.abort()

    async def _serve(self, reader, writer):
        self._writers.add(writer)
        upstream, lost = None, asyncio.Event()
        try:
            from_server, upstream = await asyncio.open_connection("127.0.0.1", self._upstream)
            self._writers.add(upstream)
            await asyncio.gather(
                self._ask(reader, upstream, lost), self._answer(from_server, writer, lost)
            )
        except (OSError, ssl.SSLError):
            pass
        finally:
            for end in filter(None, (writer, upstream)):
                self._writers.discard(end)
                end.close()

    async def _ask(self, reader, upstream, lost):
        while data := await reader.read(65536):
            if self.loses and self.loses in data:
                lost.set()
            upstream.write(data)
            await upstream.drain()
        upstream.close()

    async def _answer(self, reader, writer, lost):
        while data := await reader.read(65536):
            if self.delay:
                await asyncio.sleep(self.delay)
            if not lost.is_set():
                writer.write(data)
                await writer.drain()
        writer.close()
