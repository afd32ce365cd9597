"""What is printed of proposals: the opinion of a body, and the matrix of what each body answered."""

from proposals.documents.matrix import matrix_document
from proposals.documents.opinion import opinion_document

__all__ = ["matrix_document", "opinion_document"]
