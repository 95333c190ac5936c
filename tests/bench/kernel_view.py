"""What the kernel tells of this network namespace, and its sysctls."""

import fcntl
import pathlib
import socket
import struct

SYSCTLS = pathlib.Path("/proc/sys")
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
LISTEN, ESTABLISHED = "0A", "01"
KEEPALIVE_TIMER = "02"
TICKS_PER_SECOND = 100  # of /proc/net/tcp, whatever the kernel's own

# The caches of the slab allocator that sockets alone are in, nearly; and one that files share.
SOCKET_CACHES = {"TCP", "TCPv6", "sock_inode_cache", "filp", "eventpoll_epi", "skbuff_head_cache",
                 "skbuff_small_head"}
SHARED_CACHE = "dentry"


def loopback_up():
    with socket.socket() as one:
        fcntl.ioctl(one, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP))


def sysctl(name, value=None):
    path = SYSCTLS / name
    if value is not None:
        path.write_text(str(value))
    return path.read_text().strip()


def counters():
    """All of TCP's counters by name."""
    found = {}
    for path in ("/proc/net/netstat", "/proc/net/snmp"):
        lines = [line.split() for line in pathlib.Path(path).read_text().splitlines()]
        for names, values in zip(lines[::2], lines[1::2]):
            if names[0] in ("TcpExt:", "Tcp:"):
                found.update(zip(names[1:], map(int, values[1:])))
    return found


def sockets():
    """(local port, remote port, state, transmit queue, receive queue, timer, ticks) of each."""
    for path in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in pathlib.Path(path).read_text().splitlines()[1:]:
            fields = line.split()
            local, remote = (int(address.rpartition(":")[2], 16) for address in fields[1:3])
            transmit, receive = (int(part, 16) for part in fields[4].split(":"))
            timer, ticks = fields[5].split(":")
            yield local, remote, fields[3], transmit, receive, timer, int(ticks, 16)


def keepalive_timers(local=None, remote=None):
    """Seconds to the next keepalive of each established connection with these ports that has one."""
    return [ticks / TICKS_PER_SECOND for here, there, state, _, _, timer, ticks in sockets()
            if state == ESTABLISHED and timer == KEEPALIVE_TIMER
            and local in (None, here) and remote in (None, there)]


def socket_memory(count):
    """Bytes of the slab caches that sockets are in, of the whole machine, where there are `count`."""
    caches = {}
    for line in pathlib.Path("/proc/slabinfo").read_text().splitlines()[2:]:
        name, active, _, size, *_ = line.split()
        caches[name] = int(active), int(size)
    return (sum(active * size for name, (active, size) in caches.items() if name in SOCKET_CACHES)
            + count * caches[SHARED_CACHE][1])
