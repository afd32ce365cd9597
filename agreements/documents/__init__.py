"""What is printed of agreements and work meetings."""

from agreements.documents.agreement import agreement_document
from agreements.documents.meeting import minutes_document, sign_sheet_document

__all__ = ["agreement_document", "minutes_document", "sign_sheet_document"]
