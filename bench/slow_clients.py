"""Slow clients against the site as docs/deployment.md sets it up: nginx, with the very block of that page, before a running server.

    python -m bench.slow_clients [http://127.0.0.1:8000] [CLIENTS]

Half of the clients send their headers a piece a second, a third a form of the sign-in page likewise, the rest ask for a long page
and do not read it; they come from twenty addresses of the loopback net. Meanwhile one reader asks for pages at the proxy. Printed:
milliseconds of the reader without and with the slow ones, and how many of these the proxy has cut off at the end.
"""

from __future__ import annotations

import http.client
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
PATHS = ("/healthz", "/es/", "/es/acuerdos/", "/es/buscar/?q=voto")
ADDRESSES = 20
READS = 80


def block() -> str:
    """The configuration that the page shows, as it stands there. Raises LookupError if there is none."""
    found = re.search(r"```nginx\n(.*?)```", (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8"), re.S)
    if found is None:
        raise LookupError("docs/deployment.md shows no nginx configuration any more.")
    return found.group(1)


def configured(room: Path, port: int, upstream: str) -> str:
    """That block on a port of this machine without TLS, in front of `upstream` (host:port), with its files in `room`."""
    text = re.sub(r"listen 443[^;]*;", f"listen 127.0.0.1:{port};", block())
    text = re.sub(r"^\s*ssl_certificate.*$", "", text, flags=re.M)
    text = (
        text.replace("127.0.0.1:8000", upstream).replace("/var/log/nginx", str(room)).replace("acuerda.example.org", "localhost")
    )
    own = "\n".join(f"{name}_temp_path {room}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    return f"daemon off; pid {room}/pid; error_log {room}/error.log;\nevents {{ worker_connections 4096; }}\nhttp {{\n{own}\n{text}\n}}\n"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(room: Path, port: int, upstream: str) -> subprocess.Popen[bytes]:
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if program is None:
        raise SystemExit("There is no nginx on this machine: apt install nginx-light.")
    (room / "nginx.conf").write_text(configured(room, port, upstream), encoding="utf-8")
    subprocess.run([program, "-t", "-q", "-c", str(room / "nginx.conf")], check=True)
    running = subprocess.Popen([program, "-c", str(room / "nginx.conf")])
    for _each in range(50):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    return running


class Slow:
    """A client that does one thing slowly; `step` sends its next piece and says whether it is still connected."""

    def __init__(self, number: int, port: int) -> None:
        self.socket = socket.create_connection(
            ("127.0.0.1", port), timeout=2, source_address=(f"127.0.0.{2 + number % ADDRESSES}", 0)
        )
        self.rest = b""
        if number % 6 < 3:
            self.rest = b"GET /es/ HTTP/1.1\r\nHost: localhost\r\n" + b"X-Slow: 1\r\n" * 500
        elif number % 6 < 5:
            self.socket.sendall(b"POST /es/cuentas/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500000\r\n\r\n")
            self.rest = b"x" * 500_000
        else:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            self.socket.sendall(b"GET /es/avance/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
        self.socket.setblocking(False)

    def step(self) -> bool:
        piece, self.rest = self.rest[:1], self.rest[1:]
        try:
            return not piece or self.socket.send(piece) == 1
        except BlockingIOError:
            return True
        except OSError:
            return False


def read(port: int, beside: list[Slow], host: str) -> tuple[list[float], int]:
    """Milliseconds of each request of the reader, and how many of the slow ones are gone."""
    took, gone, last = [], 0, time.monotonic()
    for number in range(READS):
        if beside and time.monotonic() - last > 1:
            kept = [client for client in beside if client.step()]
            gone += len(beside) - len(kept)
            beside[:], last = kept, time.monotonic()
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", PATHS[number % len(PATHS)], headers={"Host": host})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"{PATHS[number % len(PATHS)]} answered {answer.status}.")
        connection.close()
        took.append(1000 * (time.perf_counter() - began))
        time.sleep(0.15)
    return took, gone


def words(took: list[float]) -> str:
    return f"{statistics.median(took):.1f} in the middle, {sorted(took)[int(len(took) * 0.95)]:.1f} p95, {max(took):.1f} at most"


def main(address: str = "http://127.0.0.1:8000", clients: str = "400") -> None:
    upstream, room, port = urlsplit(address).netloc, Path(tempfile.mkdtemp()), free_port()
    running = start(room, port, upstream)
    try:
        print(f"alone: {words(read(port, [], 'localhost')[0])} ms")
        slow = [Slow(number, port) for number in range(int(clients))]
        took, gone = read(port, slow, "localhost")
        print(f"beside {clients} slow clients: {words(took)} ms; {gone} of them were cut off within {READS * 0.15:.0f} s")
    finally:
        running.terminate()
        running.wait(10)
        shutil.rmtree(room, ignore_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
