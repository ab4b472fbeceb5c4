"""Aujourd’hui: what is new, what waits, what to do next?"""

from faq_cms.screens import _parts

_parts.head("Aujourd’hui", "Ce qui est nouveau, ce qui attend.")
