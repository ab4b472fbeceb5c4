"""Readers of the systems people leave: articles with their categories, states, dates and feedback.

Field names were read from public API documentation; a field that is absent, or of another kind than
expected, counts as absent, and fields nobody asks for are left out.
"""

from typing import Final

from faq_cms.imports.document import Reader
from faq_cms.imports.systems import (
    bot_framework,
    chatwoot,
    freshdesk,
    helpscout,
    intercom,
    kendra,
    phpmyfaq,
    qna_maker,
    rasa,
    zammad,
    zendesk,
)
from faq_cms.imports.systems.system import System

__all__ = ["READERS", "SYSTEMS", "System"]

# In order of detection: the marks of the first are the surest.
SYSTEMS: Final = {
    system.name: system
    for system in (
        zammad.SYSTEM,
        phpmyfaq.SYSTEM,
        intercom.SYSTEM,
        helpscout.SYSTEM,
        zendesk.SYSTEM,
        chatwoot.SYSTEM,
        freshdesk.SYSTEM,
        kendra.SYSTEM,
    )
}
READERS: Final[tuple[Reader, ...]] = (
    *(system.reader for system in SYSTEMS.values()),
    qna_maker.READER,
    qna_maker.JSON_READER,
    bot_framework.READER,
    rasa.READER,
    phpmyfaq.CSV_READER,
)
