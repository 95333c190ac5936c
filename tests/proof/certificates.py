"""An authority of its own for a world, whose certificates expire when told to, by openssl."""

import asyncio
import datetime

_CONFIGURATION = """
[ca]
default_ca = own
[own]
database = {0}/index
serial = {0}/serial
new_certs_dir = {0}
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
"""


class Authority:
    def __init__(self, directory):
        self._directory = directory / "authority"
        self._directory.mkdir()
        self.certificate = self._directory / "ca.crt"
        self._key = self._directory / "ca.key"
        self._made = 0

    async def start(self):
        await _openssl(
            "req",
            "-x509",
            *_new_key(self._key),
            "-subj",
            "/CN=authority",
            "-days",
            3650,
            "-out",
            self.certificate,
        )
        (self._directory / "index").touch()
        (self._directory / "serial").write_text("01\n")
        (self._directory / "ca.conf").write_text(_CONFIGURATION.format(self._directory))

    async def make(self, address, days):
        """(certificate, key) for an IP address, that expires in so many days: ago if negative."""
        self._made += 1
        certificate, key, request, extensions = (
            self._directory / f"{self._made}.{kind}" for kind in ("crt", "key", "csr", "ext")
        )
        extensions.write_text(f"subjectAltName=IP:{address}\n")
        end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
        start = end - datetime.timedelta(days=400)
        await _openssl("req", *_new_key(key), "-new", "-subj", "/CN=world", "-out", request)
        # `x509 -req` of OpenSSL 3.0 counts days from now on; `ca` takes dates.
        await _openssl(
            "ca",
            "-batch",
            "-config",
            self._directory / "ca.conf",
            "-cert",
            self.certificate,
            "-keyfile",
            self._key,
            "-in",
            request,
            "-out",
            certificate,
            "-notext",
            "-extfile",
            extensions,
            "-startdate",
            f"{start:%Y%m%d%H%M%SZ}",
            "-enddate",
            f"{end:%Y%m%d%H%M%SZ}",
        )
        return certificate, key


def _new_key(place):
    return "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", place


async def _openssl(*arguments):
    process = await asyncio.create_subprocess_exec(
        "openssl",
        *map(str, arguments),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    if process.returncode:
        raise RuntimeError(said.decode())
