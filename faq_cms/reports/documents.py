"""A report on paper: one content, written as a page, as plain text and as PDF. Pure.

`paper` turns the frozen figures into words, by the same rules as every screen; the others only lay
the words out. The page is also the mail's HTML: it carries its style and fetches nothing.
"""

from dataclasses import dataclass, field
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from faq_cms import french
from faq_cms.french import NBSP, NNBSP
from faq_cms.helpfulness import MINIMUM_EVIDENCE, Counts, Verdict, trend
from faq_cms.models import Cadence, Report

_WITHIN: Final = {Cadence.WEEKLY: "dans la semaine", Cadence.MONTHLY: "dans le mois"}
_BEFORE: Final = {Cadence.WEEKLY: "La semaine précédente", Cadence.MONTHLY: "Le mois précédent"}
_COMPARED: Final = {
    Cadence.WEEKLY: "Par rapport à la semaine précédente",
    Cadence.MONTHLY: "Par rapport au mois précédent",
}
HEADINGS: Final = (
    ("Question", 46),
    ("Votes de la période", 34),
    ("Constat", 20),
)  # and % of the width
METHOD: Final = (
    "L’utilité est la part de Oui parmi les votes comptés. «\u202fEntre 57 et 84\u202f%\u202f» dit "
    "ce que cette part peut être, compte tenu du nombre de votes (intervalle à 95\u202f%). Le constat "
    "d’un article tient compte de tous ses votes depuis son dernier changement de fond."
)


@dataclass(frozen=True)
class Row:
    """One article: its question, what its votes of the span say, its verdict in words."""

    question: str
    figure: str
    aside: str
    verdict: str


@dataclass(frozen=True)
class Paper:
    """What a report says, in French, before it is laid out. Empty texts are absent."""

    site: str
    title: str
    summary: str
    headline: str
    figure: str
    split: str
    change: str
    counts: Counts
    rows: list[Row] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)
    frozen: str = ""

    @property
    def band(self) -> tuple[float, float, float] | None:
        """Low end, share and high end in percent, to be drawn; None where a ratio has no rank."""
        bounds, share = self.counts.interval, self.counts.ratio
        if bounds is None or share is None or not french.usefulness(self.counts).rank:
            return None
        return round(100 * bounds.low, 1), round(100 * share, 1), round(100 * bounds.high, 1)


def title(report: Report) -> str:
    """« Semaine du 16 au 22 novembre 2026 », « Mars 2026 »."""
    if report.cadence is Cadence.MONTHLY:
        return french.month(report.first_day).capitalize()
    return f"Semaine {french.days(report.first_day, report.last_day)}"


def paper(report: Report) -> Paper:
    """The report in words."""
    said, cadence = report.figures, report.cadence
    counts, before = Counts(*said["counts"]), Counts(*said["before"])
    shown = french.usefulness(counts)
    figure = " · ".join(part for part in (shown.dots, shown.aside) if part)
    return Paper(
        site=said["site"],
        title=title(report),
        summary=summary(report),
        headline=french.headline(counts, _WITHIN[cadence]),
        figure=shown.text if shown.rank else figure,
        split=french.split(counts) if counts.off_text else "",
        change=_change(cadence, before, counts),
        counts=counts,
        rows=[_row(article) for article in said["articles"]],
        facts=list(_facts(said)),
        frozen=(
            f"Chiffres arrêtés le {french.datetime(report.issued_at)}. "
            "Ce qui arrive ensuite n’y change rien."
        ),
    )


def summary(report: Report) -> str:
    """One line to paste in a message: « Mars : 40 votes, 29 Oui (73 %, entre 57 et 84 %) »."""
    name = title(report)
    if report.cadence is Cadence.MONTHLY and report.issued_at.year == report.first_day.year:
        name = name.partition(" ")[0]  # no doubt which March
    return french.summary(name, Counts(*report.figures["counts"]))


def _change(cadence: Cadence, before: Counts, counts: Counts) -> str:
    if not before.votes:
        return ""
    moved = trend(before, counts)
    if moved is None:
        return french.summary(_BEFORE[cadence], before)
    return f"{_COMPARED[cadence]}{NBSP}: {french.points(moved)}"


def _row(article: dict[str, Any]) -> Row:
    shown = french.usefulness(Counts(*article["counts"]))
    return Row(
        article["question"],
        f"{shown.text} {shown.dots}".strip(),
        shown.aside,
        french.label(Verdict(article["verdict"])),
    )


def _facts(said: dict[str, Any]) -> list[str]:
    """What else there is to know; what does not exist is not said to be zero."""
    judged, published = said["judged"], said["published"]
    enough = (
        f"{french.count(judged, 'article')} sur {french.number(published)} "
        f"{french.plural(judged, 'a', 'ont')} assez de votes pour un constat "
        f"({MINIMUM_EVIDENCE} au moins)."
    )
    facts = [enough]
    listed = [
        french.count(said[name], *words)
        for name, words in {
            "confirmed": ("problème avéré", "problèmes avérés"),
            "others": ("autre signalement", "autres signalements"),
            "isolated": ("signalement isolé", "signalements isolés"),
        }.items()
        if said.get(name)  # the first reports were frozen before there were others
    ]
    if listed:
        facts.append(f"À corriger{NBSP}: {', '.join(listed)}.")
    if said["corrected"]:
        facts.append(
            f"{french.count(said['corrected'], 'correction publiée', 'corrections publiées')}."
        )
    if said["remarks"] or said["waiting"]:
        received = (
            french.count(said["remarks"], "remarque reçue", "remarques reçues")
            if said["remarks"]
            else "Aucune remarque reçue"
        )
        waiting = french.number(said["waiting"])
        verb = french.plural(said["waiting"], "attend", "attendent")
        tail = f"{NNBSP}; {waiting} {verb} une suite" if said["waiting"] else ""
        facts.append(f"{received}{tail}.")
    if said["missing"]:
        asked = french.count(said["missing"], "question manquante", "questions manquantes")
        facts.append(f"{asked} à traiter.")
    return facts


# -- laid out ------------------------------------------------------------------------------------

_templates = Environment(
    loader=PackageLoader("faq_cms.reports"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def html(paper: Paper, *, unsubscribe_url: str = "") -> str:
    """The report as one page, for a printer or a mail."""
    return _templates.get_template("paper.html").render(
        paper=paper, headings=HEADINGS, method=METHOD, unsubscribe_url=unsubscribe_url
    )


def text(paper: Paper, *, unsubscribe_url: str = "") -> str:
    """The report as plain text, for mail programs that show no other."""
    blocks = [
        f"{paper.site}\n{paper.title}",
        "\n".join(
            part for part in (paper.headline, paper.figure, paper.split, paper.change) if part
        ),
    ]
    if paper.rows:
        told = [f"- {row.question}\n  {row.figure} · {row.verdict}" for row in paper.rows]
        blocks.append("\n".join(["Les articles qui ont reçu le plus de Non", *told]))
    blocks += ["\n".join(f"- {fact}" for fact in paper.facts), paper.frozen, METHOD]
    if unsubscribe_url:
        blocks.append(f"Ne plus recevoir ce rapport{NBSP}: {unsubscribe_url}")
    return "\n\n".join(block for block in blocks if block) + "\n"


def pdf(paper: Paper, report: Report) -> bytes:
    """The report as PDF. The same bytes each time: its date is the report's."""
    from faq_cms import printing

    def votes(row: Row) -> str:
        return printing.Soft(f"{row.figure}\n{row.aside}") if row.aside else row.figure

    pages = printing.Pages(paper.title, author=paper.site, made_at=report.issued_at)
    pages.kicker(paper.site)
    pages.heading(paper.title)
    pages.lead(paper.headline)
    if paper.figure:
        pages.paragraph(paper.figure, soft=not paper.band)
    if paper.band:
        pages.band(*paper.band)
    for line in (paper.split, paper.change):
        if line:
            pages.paragraph(line, soft=True)
    if paper.rows:
        pages.subheading("Les articles qui ont reçu le plus de Non")
        pages.grid(
            [name for name, _ in HEADINGS],
            [(row.question, votes(row), row.verdict) for row in paper.rows],
            [width for _, width in HEADINGS],
        )
    pages.subheading("En bref")
    for fact in paper.facts:
        pages.item(fact)
    pages.small(paper.frozen)
    pages.small(METHOD)
    return pages.content()
