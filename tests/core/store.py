"""A store that speaks as much of S3 as the application asks for, in a thread of the test: objects in a dictionary, no rights."""

from __future__ import annotations

import hashlib
import threading
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape


class Store(ThreadingHTTPServer):
    """`objects`: path → bytes. `seen`: (method, address, headers) of every request. `fails`: answers 503 to everything."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.objects: dict[str, bytes] = {}
        self.seen: list[tuple[str, str, dict[str, str]]] = []
        self.fails = False
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def end(self) -> None:
        self.shutdown()
        self.server_close()


class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Any

    def log_message(self, *_more: Any) -> None:
        """Tests are quiet."""

    def answer(self, status: int, body: bytes = b"", length: int | None = None, kind: str = "application/xml") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.send_header("Content-Type", kind)
        self.send_header("ETag", f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"')
        self.send_header("Last-Modified", formatdate(usegmt=True))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def handle_one(self) -> None:
        parts = urlsplit(self.path)
        key, objects = unquote(parts.path), self.server.objects
        self.server.seen.append((self.command, self.path, dict(self.headers)))
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.server.fails:
            self.answer(503)
        elif self.command == "PUT":
            objects[key] = sent
            self.answer(200)
        elif self.command == "DELETE":
            objects.pop(key, None)
            self.answer(204)
        elif key.count("/") == 1:
            self.answer(200, self.listed(key, parse_qs(parts.query).get("prefix", [""])[0]))
        elif key in objects:
            self.answer(200, objects[key], len(objects[key]), "application/octet-stream")
        else:
            self.answer(404)

    def listed(self, bucket: str, prefix: str) -> bytes:
        names = [path[len(bucket) + 1 :] for path in self.server.objects if path.startswith(f"{bucket}/{prefix}")]
        rows = "".join(f"<Contents><Key>{escape(name)}</Key><Size>1</Size></Contents>" for name in names)
        return f"<ListBucketResult><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>".encode()

    do_GET = do_HEAD = do_PUT = do_DELETE = handle_one
