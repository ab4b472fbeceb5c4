"""Rapports — what a week or a month was like, in figures that no longer move."""

import datetime as dt

import pandas as pd
import streamlit as st
from sqlalchemy.orm import Session

from faq_cms import db, french, mail, people, reports
from faq_cms.models import Cadence, MailState, OutgoingMail, Report, ReportRecipient
from faq_cms.people import Actor
from faq_cms.public import reported
from faq_cms.reports import documents
from faq_cms.screens import _downloads, _parts, _session

CADENCES = {cadence.value: french.label(cadence) for cadence in Cadence}


def chosen(issued: list[Report]) -> Report:
    """The report named by the address, the last one otherwise."""
    titles = {str(each.id): documents.title(each) for each in issued}
    number = st.selectbox(
        "Rapport",
        list(titles),
        format_func=titles.__getitem__,
        key="rapport",
        bind="query-params",
        width=420,
    )
    return next((each for each in issued if str(each.id) == number), issued[0])


def show(report: Report) -> None:
    """A report as it was issued, and the ways to take it along."""
    paper = documents.paper(report)
    with st.container(border=True):
        st.subheader(_parts.plain(paper.title), anchor=False)
        st.markdown(f"**{paper.headline}**  \n{paper.figure if paper.band else ''}".strip())
        aside = "" if paper.band else paper.figure  # of few votes, in grey
        if behind := [line for line in (aside, paper.split, paper.change) if line]:
            st.caption("  \n".join(behind))
        st.markdown("\n".join(f"- {fact}" for fact in paper.facts))
        if paper.rows:
            st.markdown("**Les articles qui ont reçu le plus de Non**")
            st.table(
                table(paper),
                border="horizontal",
                hide_index=True,
                alt="Les articles qui ont reçu le plus de Non, avec leurs votes et leur constat",
            )
        st.caption(paper.frozen)
    st.caption("Copier le résumé")
    st.code(paper.summary, language=None, wrap_lines=True)
    with st.container(horizontal=True, gap="small"):
        st.link_button("Page à imprimer", reported.page_url(report.id), icon=":material/print:")
        st.link_button("PDF", reported.pdf_url(report.id), icon=":material/picture_as_pdf:")
    if paper.rows:
        _downloads.table(table(paper), f"rapport-{report.first_day}-{report.last_day}")


def table(paper: documents.Paper) -> pd.DataFrame:
    """The articles of a report, a column a heading."""
    rows = [(row.question, row.figure, row.verdict) for row in paper.rows]
    return pd.DataFrame(rows, columns=[name for name, _ in documents.HEADINGS])


# -- by e-mail -----------------------------------------------------------------------------------


def by_mail(recipients: list[ReportRecipient], troubled: list[OutgoingMail]) -> None:
    """Who receives the reports without signing in, and what became of the mails."""
    st.subheader("Envoi par e-mail", anchor=False)
    if not mail.is_configured():
        st.info(
            "Aucun e-mail ne part de cette installation. Pour envoyer les rapports, donnez deux "
            "réglages et redémarrez\u00a0: `FAQ_SMTP_URL`, le serveur d’envoi (par exemple "
            "`smtp://nom:motdepasse@mail.example.org:587`), et `FAQ_MAIL_FROM`, l’adresse de "
            "l’expéditeur.",
            icon=":material/mail_off:",
        )
    st.caption(
        "Ces personnes n’ont pas besoin de compte. Chaque e-mail contient un lien pour ne plus rien "
        "recevoir."
    )
    for recipient in recipients:
        row(recipient)
    with st.form("recipient", clear_on_submit=True, border=False):
        address, cadence, submit = st.columns([5, 4, 2], vertical_alignment="bottom")
        address.text_input("Adresse e-mail", key="address", max_chars=254)
        cadence.segmented_control(
            "Rapport",
            list(CADENCES),
            format_func=CADENCES.__getitem__,
            default=Cadence.WEEKLY.value,
            required=True,
            key="cadence",
        )
        submit.form_submit_button("Ajouter", icon=":material/add:", on_click=add)
    known = {recipient.key for recipient in recipients}
    for each in troubled:
        said = trouble(each, is_named=each.subscription in known)
        st.caption(f":material/error: {_parts.plain(said)}")


def row(recipient: ReportRecipient) -> None:
    """One recipient, and the way to remove them."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            f"{_parts.plain(recipient.address)} · {french.label(recipient.cadence).lower()}",
            width="content",
        )
        st.button(
            "Retirer",
            icon=":material/close:",
            type="tertiary",
            key=f"remove_{recipient.id}",
            on_click=remove,
            args=(recipient.id, recipient.address, recipient.cadence),
        )


def trouble(met: OutgoingMail, *, is_named: bool) -> str:
    """What a mail met, and whether it will be tried again.

    Only those who receive reports are named: the others left their address to be written to.
    """
    whose = met.recipient if is_named else "Autre e-mail"
    said = french.label(met.failure) if met.failure else ""
    words = f" ({met.answer})" if met.answer and is_named else ""
    then = {
        MailState.WAITING: f"nouvel essai {french.ago(met.due_at, now)}",
        MailState.SENDING: "essai en cours",
        MailState.UNCERTAIN: "l’e-mail est peut-être parti, il ne sera pas renvoyé",
    }.get(met.state, "il ne sera pas renvoyé")
    return f"{whose}, {french.date(met.created_at)}\u00a0: {said}{words}\u202f; {then}."


def add() -> None:
    """Add the recipient of the form."""
    address, cadence = st.session_state["address"], Cadence(st.session_state["cadence"])
    _session.act(adding(address, cadence), done="Destinataire ajouté.")


def adding(address: str, cadence: Cadence) -> _session.Change:
    """The change that adds a recipient."""

    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        reports.add_recipient(session, actor, address=address, cadence=cadence, now=now)

    return change


def remove(recipient_id: int, address: str, cadence: Cadence) -> None:
    """Remove a recipient; undone by adding the address again."""

    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        reports.remove_recipient(session, actor, recipient_id=recipient_id, now=now)

    _session.act(change, done="Destinataire retiré.", undo=adding(address, cadence))


now = dt.datetime.now(dt.UTC)
_parts.head("Rapports", "Ce qu’a été une semaine ou un mois, en chiffres qui ne bougent plus.")
with db.reading() as session:
    issued = reports.past(session)
    recipients = reports.recipients(session)
    troubled = mail.troubled(session)

coming = reports.next_issue(now)
if issued:
    st.caption(f"Prochain rapport\u00a0: le lundi {french.date(coming)} à {reports.HOUR}\u00a0h.")
    show(chosen(issued))
else:
    _parts.nothing(
        "Aucun rapport pour le moment",
        f"Le premier paraîtra le lundi {french.date(coming)} à {reports.HOUR}\u00a0h et portera sur la "
        "semaine écoulée\u202f; celui du mois, le premier lundi du mois suivant.",
        icon=":material/event:",
    )
    _parts.link("dashboard.py", "Voir les chiffres du jour", icon=":material/space_dashboard:")
if people.may(_session.actor().role, "report.manage"):
    by_mail(recipients, troubled)
