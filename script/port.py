"""`port.py free` says in one sentence when HOST:PORT cannot be served; `port.py answers PID` waits until PID serves."""

import errno
import http.client
import os
import socket
import sys
import time

HOST, PORT = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000")


def address() -> tuple[socket.AddressFamily, tuple[str, int]]:
    """Family and address of HOST:PORT, or the end of the script with a sentence."""
    if not PORT.isdecimal() or not 0 < int(PORT) < 65536:
        sys.exit(f"PORT={PORT} is no port number: choose one from 1024 to 65535, such as PORT=8001 script/server.")
    try:
        family, *_, where = socket.getaddrinfo(HOST, int(PORT), type=socket.SOCK_STREAM)[0]
    except OSError:
        sys.exit(f"HOST={HOST} is no address of this machine: leave it out, or use 0.0.0.0 for every address.")
    return family, where[:2]


def free() -> None:
    """Ends with a sentence unless the port can be taken."""
    family, where = address()
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(where)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                sys.exit(f"Port {PORT} is taken: stop what uses it, or choose another with PORT={int(PORT) + 1} script/server.")
            sys.exit(f"{HOST}:{PORT} cannot be used ({error.strerror}): choose others, such as PORT=8001 script/server.")


def answers(server: int, seconds: int = 60) -> None:
    """Returns once HTTP is spoken there; ends with status 1 after `seconds`, or when the process `server` is gone."""
    address()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            os.kill(server, 0)
            connection = http.client.HTTPConnection(HOST, int(PORT), timeout=5)
            connection.request("GET", "/healthz")
            connection.getresponse()
            return
        except ProcessLookupError:
            break
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
    sys.exit(1)


if __name__ == "__main__":
    if sys.argv[1] == "free":
        free()
    else:
        answers(int(sys.argv[2]))
