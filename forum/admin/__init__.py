"""The admin of who takes part, of the accounts, and of what the mechanism keeps (events, ledger, imports)."""

from forum.admin import accounts, bodies, editions, kept, people

__all__ = ["accounts", "bodies", "editions", "kept", "people"]
