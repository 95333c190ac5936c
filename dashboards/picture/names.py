"""A name server of the town: it knows the pods of each server, as a headless Service does."""

import asyncio
import socket
import struct

A, IN = 1, 1
TTL = 1


class Names(asyncio.DatagramProtocol):
    """`addresses(name)` are those of a name, as text."""

    def __init__(self, addresses):
        self._addresses = addresses

    async def start(self, port):
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", port))

    def connection_made(self, transport):
        self._transport = transport

    def datagram_received(self, data, sender):
        labels, at = [], 12
        while data[at]:
            labels.append(data[at + 1:at + 1 + data[at]].decode())
            at += 1 + data[at]
        question = data[12:at + 5]
        kind, = struct.unpack("!H", question[-4:-2])
        found = self._addresses(".".join(labels)) if kind == A else []
        # A pointer to the question's name, and the address.
        records = b"".join(struct.pack("!HHHIH", 0xC00C, A, IN, TTL, 4) + socket.inet_aton(one) for one in found)
        head = data[:2] + struct.pack("!HHHHH", 0x8580, 1, len(found), 0, 0)
        self._transport.sendto(head + question + records, sender)
