"""Make the two faces printed documents use from the Source Sans that Streamlit carries.

Documents then look like the application, with every sign French needs (U+202F among them), without
asking the machine for a font. Licence: SIL Open Font License 1.1; a changed font may not keep the
reserved name, hence « FAQ Sans ». Run once, when Streamlit is upgraded: `python tools/fonts.py`
(needs fonttools and brotli).
"""

from pathlib import Path

import streamlit
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

SOURCE = Path(streamlit.__file__).parent / "static"
TARGET = Path(__file__).resolve().parent.parent / "faq_cms" / "fonts"
FAMILY = "FAQ Sans"
FACES = {"Regular": 400, "Bold": 650}
# Latin with its extensions, punctuation, super- and subscripts, currencies, arrows, signs, dots.
SIGNS = [
    *range(0x20, 0x250),
    *range(0x2C6, 0x2DE),
    *range(0x1E00, 0x1F00),
    *range(0x2000, 0x20D0),
    *range(0x2100, 0x2190),
    *range(0x2190, 0x2200),
    *range(0x2200, 0x2300),
    *range(0x25A0, 0x2600),
    *range(0xFB00, 0xFB05),
]


def face(style: str, weight: int) -> TTFont:
    """One weight of the variable font, under our name, with the signs above only."""
    (variable,) = SOURCE.rglob("SourceSansVF-Upright*.woff2")
    font = instantiateVariableFont(TTFont(variable), {"wght": weight})
    options = subset.Options(
        layout_features=["kern", "liga", "mark"], name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14]
    )
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=SIGNS)
    cutter.subset(font)
    names = {
        1: FAMILY,
        2: style,
        3: f"{FAMILY} {style}",
        4: f"{FAMILY} {style}",
        6: f"FAQSans-{style}",
    }
    for record in list(font["name"].names):
        if record.nameID in names:
            record.string = names[record.nameID]
    font.flavor = None
    return font


for style, weight in FACES.items():
    path = TARGET / f"FAQSans-{style}.ttf"
    face(style, weight).save(path)
    print(path.name, path.stat().st_size)
