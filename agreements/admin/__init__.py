"""The admin of agreements, commitments, reports and meetings."""

from agreements.admin import agreements, commitments, meetings

__all__ = ["agreements", "commitments", "meetings"]
