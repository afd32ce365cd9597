"""`manage.py send_notifications`: the name of `send_outbox` in the design."""

from __future__ import annotations

from core.management.commands.send_outbox import Command

__all__ = ["Command"]
