"""`mcp-vitals probe` of a real server by TLS: Node's, in mcp-proxy."""

import subprocess
import unittest
from dataclasses import replace

from peers import PEERS
from running import DIRECTORY, probe_url

PEER = PEERS["mcp-proxy"]


class TlsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.certificate = DIRECTORY / "certificate.pem"
        key = DIRECTORY / "key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
            + ["-nodes", "-days", "7", "-subj", "/CN=localhost", "-keyout", key]
            + ["-addext", "subjectAltName=DNS:localhost", "-out", cls.certificate],
            stderr=subprocess.DEVNULL,
            timeout=30,
            check=True,
        )
        at = PEER.command.index("--port")
        tls = ["--sslCert", str(cls.certificate), "--sslKey", str(key)]
        command = PEER.command[:at] + tls + PEER.command[at:]
        secure = replace(PEER, name="mcp-proxy-tls", command=command)
        cls.process = secure.start(DIRECTORY)
        cls.addClassCleanup(cls.process.stop)
        cls.process.wait_until_ready()

    def probe(self, host: str, *options: str) -> dict:
        address = ["--address", "127.0.0.1"]  # it listens on no other
        return probe_url(f"https://{host}:{self.process.port}/mcp", *address, *options)[1]

    def test_a_trusted_certificate(self):
        said = self.probe("localhost", "--ca-file", str(self.certificate))
        self.assertEqual((said["success"], said["era"], said["tools"]), (True, "modern", PEER.tools))
        self.assertEqual(said["tls_version"], "TLSv1.3")
        self.assertIsNotNone(said["phases"]["tls"])
        self.assertEqual(said["certificate"]["subject"], "CN=localhost")

    def test_a_certificate_that_is_not_trusted_or_of_another_name(self):
        trusted = ["--ca-file", str(self.certificate)]
        for host, options in (("localhost", []), ("elsewhere.example", trusted)):
            with self.subTest(host):
                said = self.probe(host, *options)
                failure = (said["reason"], said["phase"])
                self.assertEqual(failure, ("certificate_invalid", "tls"), said)
                self.assertEqual(said["certificate"]["subject"], "CN=localhost")
                self.assertIsNotNone(said["certificate"]["not_after"])

    def test_plain_http_to_a_port_of_tls(self):
        _, said = probe_url(f"http://127.0.0.1:{self.process.port}/mcp")
        self.assertEqual((said["success"], said["phase"]), (False, "discover"), said)
