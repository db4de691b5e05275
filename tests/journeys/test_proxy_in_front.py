"""The proxies that docs/how-to/behind-a-proxy.md shows, as they stand there: pip and uv come through them, with TLS and a token.

A proxy that is not installed here is left out, and says so.
"""

import asyncio
import contextlib
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from pratique.simulators.upstream import SimulatedIndex, serving
from tests.cli.standing import Standing

pytestmark = pytest.mark.journey

PAGE = Path(__file__).resolve().parent.parent.parent / "docs/how-to/behind-a-proxy.md"
SENTENCE = "the gate stopped pratique-test-refused 1.0, as every gate does"
SAYS_THE_REASON = {"nginx": True, "caddy": False}
"""Whether a proxy hands the reason phrase on, which is all that pip shows. What uv shows is in the body."""


def shown(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for localhost with the authority behind it, which clients are told to trust; and its key."""
    authority, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer, subject = (
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in ("ca.example", "localhost")
    )
    now = datetime.now(UTC)  # noqa: TID251 - the proxies and clients have real clocks

    def made(name: x509.Name, public: ec.EllipticCurvePublicKey, *, ca: bool) -> bytes:
        names = [x509.DNSName("ca.example" if ca else "localhost")]
        builder = (
            x509.CertificateBuilder(issuer, name, public, x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        return builder.sign(authority, hashes.SHA256()).public_bytes(Encoding.PEM)

    (folder / "ca.pem").write_bytes(made(issuer, authority.public_key(), ca=True))
    (folder / "gate.pem").write_bytes(made(subject, key.public_key(), ca=False))
    (folder / "gate.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return folder / "gate.pem", folder / "gate.key"


def nginx(folder: Path, gate: int, port: int, files: tuple[Path, Path]) -> list[str]:
    block = (
        shown("nginx").replace("listen 443", f"listen 127.0.0.1:{port}").replace("127.0.0.1:8470", f"127.0.0.1:{gate}")
    )
    block = block.replace("gate.example", "localhost").replace("/etc/ssl/gate.pem", str(files[0]))
    block = block.replace("/etc/ssl/gate.key", str(files[1]))
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    text = f"daemon off;\npid {folder}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}{block}}}\n"
    (folder / "nginx.conf").write_text(text, encoding="utf-8")
    return ["-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf")]


def caddy(folder: Path, gate: int, port: int, files: tuple[Path, Path]) -> list[str]:
    block = shown("caddy").replace("127.0.0.1:8470", f"127.0.0.1:{gate}")
    block = block.replace("gate.example {", f"https://localhost:{port} {{\n\ttls {files[0]} {files[1]}")
    text = "{\n\tadmin off\n\tauto_https disable_redirects\n}\n" + block
    (folder / "Caddyfile").write_text(text, encoding="utf-8")
    return ["run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


PROXIES = {"nginx": nginx, "caddy": caddy}


@contextlib.asynccontextmanager
async def running(command: list[str], environment: dict[str, str], port: int) -> AsyncIterator[None]:
    """A server, from when it answers on a port."""
    process = await asyncio.create_subprocess_exec(*command, env=environment, stderr=subprocess.PIPE)
    try:
        for _ in range(200):
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
            assert process.returncode is None, (await process.communicate())[1].decode()
            await asyncio.sleep(0.1)
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def first_line(port: int, cafile: Path, request: str) -> str:
    context = ssl.create_default_context(cafile=str(cafile))
    reader, writer = await asyncio.open_connection("localhost", port, ssl=context)
    writer.write(f"GET {request} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    line = await reader.readline()
    writer.close()
    return line.decode().strip()


@pytest.mark.parametrize("name", PROXIES)
async def test_pip_and_uv_come_through_the_proxy_that_the_page_shows(
    tmp_path: Path, index: SimulatedIndex, name: str
) -> None:
    program = shutil.which(name)
    if program is None:
        pytest.skip(f"{name} is not installed here")
    gate, port = free_port(), free_port()
    files = certificate(tmp_path)
    async with serving(index) as upstream:
        account = Standing(tmp_path, index, upstream)
        account.environment |= {
            "PRATIQUE_SERVER__PORT": str(gate),
            "PRATIQUE_SERVER__PUBLIC_URL": f"https://localhost:{port}",
            "PRATIQUE_SERVER__TOKENS_REQUIRED": "true",
            "PRATIQUE_SERVER__TRUSTED_PROXIES": "127.0.0.1",
            "PIP_CERT": str(tmp_path / "ca.pem"),
            "SSL_CERT_FILE": str(tmp_path / "ca.pem"),
        }
        _, told = await account.pratique("token", "farm", "--json")
        account.url = json.loads(told)["url"]
        assert account.url.startswith("https://token:")
        proxy = {**os.environ, "HOME": str(tmp_path)}  # noqa: TID251 - a child needs the environment
        serve = [sys.executable, "-m", "pratique", "serve"]
        async with (
            running(serve, account.environment, gate),
            running([program, *PROXIES[name](tmp_path, gate, port, files)], proxy, port),
        ):
            await comes_through(account, name)
            assert (await first_line(port, tmp_path / "ca.pem", "/simple/llmlook/")).startswith("HTTP/1.1 401")
            assert (await first_line(port, tmp_path / "ca.pem", "/-/ready")).startswith("HTTP/1.1 200")


async def comes_through(account: Standing, name: str) -> None:
    """Set up, install, be refused, and find it in the record."""
    code, said = await account.pratique("setup", "--url", account.url, "pip", "uv")
    assert code == 0, said
    assert account.url.rpartition("@")[0].rpartition(":")[2] not in said
    for client in (account.pip, account.uv):
        code, said = await client("parentlook")
        assert code == 0, said
    code, said = await account.pip("pratique-test-refused")
    assert (code, SENTENCE in said) == (1, SAYS_THE_REASON[name]), said
    code, said = await account.uv("pratique-test-refused")
    assert code != 0
    assert SENTENCE in " ".join(said.split())
    _, told = await account.pratique("log", "find", "--package", "parentlook", "--json")
    assert '"kind":"service"' in told.replace(" ", "")
