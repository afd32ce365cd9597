"""What a newcomer's machine may lack is said in one sentence with the remedy."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from django.test import SimpleTestCase

from tests.house.tree import ROOT

OLD = '#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2" && exit 0\nexit 1\n'
BARE = '#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; *) exit 0;; esac\n'


class SetupTests(SimpleTestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        shutil.copytree(ROOT / "script", self.root / "script")
        for name in ("requirements.txt", "constraints.txt"):
            shutil.copy(ROOT / name, self.root)

    def python(self, text: str) -> str:
        path = self.root / "python"
        path.write_text(text)
        path.chmod(0o755)
        return str(path)

    def run_script(self, name: str, *words: str, **environment: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [str(self.root / "script" / name), *words],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def assertRefuses(self, done: subprocess.CompletedProcess, *parts: str) -> None:
        self.assertEqual((done.returncode, done.stderr.count("\n")), (1, 1), done.stderr)
        for part in parts:
            self.assertIn(part, done.stderr)

    def test_old_python(self):
        done = self.run_script("setup", "requirements.txt", PYTHON=self.python(OLD))
        self.assertRefuses(done, "3.11 or newer", "Python 3.9.2", "PYTHON=")
        self.assertFalse((self.root / ".venv").exists())

    def test_no_python(self):
        done = self.run_script("setup", "requirements.txt", PYTHON="/nowhere/python")
        self.assertRefuses(done, "3.11 or newer", "missing")

    def test_no_venv_module(self):
        done = self.run_script("server", PYTHON=self.python(BARE))
        self.assertRefuses(done, "venv module", "apt install python3-venv")

    def test_half_made_environment_is_started_over(self):
        (self.root / ".venv" / "bin").mkdir(parents=True)
        (self.root / ".venv" / "unfinished").touch()
        shutil.copy(self.python("#!/bin/sh\nexit 0\n"), self.root / ".venv" / "bin" / "python")
        done = self.run_script("setup", "requirements.txt", PYTHON=self.python(OLD))
        self.assertRefuses(done, "3.11 or newer")

    def test_installed_environment_is_left_alone(self):
        (self.root / ".venv" / "bin").mkdir(parents=True)
        shutil.copy(self.python("#!/bin/sh\nexit 0\n"), self.root / ".venv" / "bin" / "python")
        self.assertIn("Installing", self.run_script("setup", "requirements.txt").stdout)
        done = self.run_script("setup", "requirements.txt")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        (self.root / "constraints.txt").write_text("changed")
        self.assertIn("Installing", self.run_script("setup", "requirements.txt").stdout)

    def test_failed_installation_is_tried_again(self):
        (self.root / ".venv" / "bin").mkdir(parents=True)
        fails = '#!/bin/sh\n[ "$2" = pip ] && exit 1\nexit 0\n'
        shutil.copy(self.python(fails), self.root / ".venv" / "bin" / "python")
        self.assertRefuses(self.run_script("setup", "requirements.txt"), "pip could not install")
        self.assertRefuses(self.run_script("setup", "requirements.txt", PYTHON=self.python(OLD)), "3.11 or newer")


class PortTests(SimpleTestCase):
    def probe(self, *words: str, **environment: str) -> subprocess.CompletedProcess:
        command = [sys.executable, str(ROOT / "script" / "port.py"), *words]
        return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60, check=False)

    def test_taken(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            done = self.probe("free", HOST="127.0.0.1", PORT=str(port))
        self.assertEqual(done.returncode, 1)
        self.assertEqual(
            done.stderr,
            f"Port {port} is taken: stop what uses it, or choose another with PORT={port + 1} script/server.\n",
        )
        self.assertEqual(self.probe("free", HOST="127.0.0.1", PORT=str(port)).returncode, 0)

    def test_nonsense(self):
        for environment in ({"PORT": "http"}, {"PORT": "0"}, {"PORT": "70000"}, {"HOST": "192.0.2.1"}):
            with self.subTest(**environment):
                done = self.probe("free", **environment)
                self.assertEqual((done.returncode, done.stderr.count("\n")), (1, 1))

    def test_waiting_ends_with_the_server(self):
        gone = subprocess.Popen(["true"])
        gone.wait()
        self.assertEqual(self.probe("answers", str(gone.pid), PORT="9").returncode, 1)
