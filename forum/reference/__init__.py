"""Reference data that comes with the product: areas of ISO 3166 and the 32 federal entities of Mexico."""

from forum.reference.areas import load_areas

__all__ = ["load_areas"]
