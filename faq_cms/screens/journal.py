"""Journal — who changed what, and when."""

import math
from typing import Any

import pandas as pd
import streamlit as st

from faq_cms import db, french, people
from faq_cms.screens import _data, _library, _parts, _session

PER_PAGE = 50
ACTIONS = {
    "article.create": "a créé un article",
    "article.publish": "a publié une version",
    "article.restore": "a restauré une version",
    "article.draft": "a travaillé à un brouillon",
    "article.take_back": "a annulé une publication",
    "article.plan": "a programmé un article",
    "article.cancel_plan": "a annulé une programmation",
    "article.still_accurate": "a confirmé qu’un article est toujours exact",
    "review.ask": "a demandé une relecture",
    "review.call_off": "a retiré une demande de relecture",
    "review.approve": "a approuvé un texte",
    "review.send_back": "a demandé des modifications",
    "review.note": "a laissé une note de relecture",
    "article.withdraw": "a retiré un article",
    "article.republish": "a remis un article en ligne",
    "article.discard_draft": "a supprimé un brouillon",
    "article.file_under": "a changé la catégorie d’un article",
    "article.file": "a changé la fiche d’un article",
    "article.move": "a changé l’adresse d’un article",
    "article.replace": "a remplacé des mots dans plusieurs articles",
    "article.undo_replace": "a annulé un remplacement",
    "article.import": "a importé un document",
    "article.import_undo": "a annulé un import",
    "category.add": "a ajouté une catégorie",
    "category.rename": "a renommé une catégorie",
    "category.place": "a déplacé une catégorie",
    "category.shift": "a changé l’ordre des catégories",
    "category.merge": "a fusionné deux catégories",
    "category.remove": "a supprimé une catégorie",
    "synonym.save": "a changé des synonymes",
    "synonym.remove": "a supprimé des synonymes",
    "objective.set": "a changé un objectif",
    "correction.take": "s’est chargé d’une correction",
    "correction.release": "a rendu une correction",
    "correction.assign": "a confié une correction",
    "correction.raise": "a signalé un article",
    "correction.lower": "a retiré son signalement",
    "correction.snooze": "a reporté une correction",
    "correction.wake": "a repris une correction reportée",
    "correction.close_unmeasured": "a clos une correction sans mesure",
    "correction.nothing_to_fix": "a conclu qu’il n’y avait rien à corriger",
    "remark.handle": "a traité une remarque",
    "remark.reveal": "a affiché les données masquées d’une remarque",
    "contact.send": "a prévenu l’auteur d’une remarque",
    "contact.decline": "a choisi de ne pas prévenir l’auteur d’une remarque",
    "contact.reconsider": "est revenu sur un message à un lecteur",
    "question.settle": "a traité une question manquante",
    "remark.erase": "a effacé une remarque",
    "report.issue": "a établi un rapport",
    "report.add_recipient": "a ajouté un destinataire des rapports",
    "report.remove_recipient": "a retiré un destinataire des rapports",
    "report.unsubscribe": "a désabonné un destinataire, à sa demande",
    "person.sign_in": "s’est connecté(e)",
    "person.joined": "a rejoint l’équipe",
    "person.invite": "a créé une invitation",
    "person.recover": "a créé un lien de nouvel accès",
    "person.recovered": "a choisi un nouveau mot de passe",
    "person.role": "a changé un rôle",
    "person.disable": "a fermé un compte",
    "person.enable": "a rouvert un compte",
    "token.create": "a créé un accès machine",
    "token.revoke": "a révoqué un accès machine",
    "system.archive": "a téléchargé l’archive complète",
    "webhook.add": "a ajouté une adresse à prévenir",
    "webhook.remove": "a retiré une adresse à prévenir",
    "channel.push": "a envoyé les articles vers un outil d’assistance",
    "channel.leave": "a cessé de suivre un canal",
    "channel.come_back": "suit de nouveau un canal",
    "votes.import": "a importé des votes",
    "votes.release": "a remis des votes dans les chiffres",
    "votes.withhold": "a remis des votes de côté",
    "votes.keep_aside": "a laissé des votes de côté",
    "votes.import_totals": "a importé des totaux de votes",
}

# The fields of an article’s sheet, as `filing` records them.
FIELDS = {
    "category": "catégorie",
    "owner": "responsable",
    "review_on": "à revoir le",
    "tags": "mots-clés",
    "internal_note": "note interne",
}


def detail(row: dict[Any, Any]) -> str:
    """What the action was about, in a few words."""
    given = row["detail"] if isinstance(row["detail"], dict) else {}
    is_article = row["object_kind"] == "article" and row["object_id"] in questions.index
    parts = [str(questions[row["object_id"]])] if is_article else []
    if "version" in given:
        parts.append(f"version {given['version']}")
    if "name" in given:
        parts.append(str(given["name"]))
    for field, words in (given.get("fields") or {}).items():
        parts.append(f"{FIELDS[field]}\u00a0: {_move(*words)}" if words else FIELDS[field])
    if "before" in given and "after" in given:
        parts.append(_move(given["before"], given["after"]))
    return " · ".join(parts)


def _move(before: object, after: object) -> str:
    return f"{_word(before)} → {_word(after)}"


def _word(value: object) -> str:
    if value in (None, ""):
        return french.UNKNOWN
    if isinstance(value, float):
        return french.percent(value)
    roles = {role.value: french.label(role) for role in french.ROLES}
    return roles.get(str(value), str(value))


_parts.head("Journal", "Qui a changé quoi, et quand.")
page = int(st.session_state.get("page") or 1)
with db.reading() as session:
    rows, total = people.trail(
        session, _session.actor(), limit=PER_PAGE, offset=(page - 1) * PER_PAGE
    )
if not total:
    _parts.nothing("Rien pour le moment", "Chaque changement de l’équipe s’inscrira ici.")
    st.stop()
questions = _library.table(_data.revision()).set_index("article_id")["question"]
pages = math.ceil(total / PER_PAGE)
st.dataframe(
    pd.DataFrame(
        {
            "Quand": [french.datetime(at) for at in rows["at"]],
            "Qui": rows["actor"],
            "Quoi": [ACTIONS.get(action, action) for action in rows["action"]],
            "Sur quoi": [detail(row) for row in rows.to_dict("records")],
        }
    ),
    hide_index=True,
    height="content",
    column_config={
        "Quand": st.column_config.TextColumn(width="medium"),
        "Sur quoi": st.column_config.TextColumn(width="large"),
    },
    alt="Les changements, du plus récent au plus ancien",
)
if pages > 1:
    st.pagination(pages, key="page", bind="query-params")
