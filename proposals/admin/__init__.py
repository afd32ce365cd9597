"""The admin of proposals and of what the bodies answer. Drafts of opinions and internal positions are not here."""

from proposals.admin import answers, antecedents, proposals

__all__ = ["answers", "antecedents", "proposals"]
