"""Where French lives: the words of the product, and how its figures and dates are written.

Pages, tables, charts, messages of the API and of the command line all take their words here, so
that one thing has one name. Figures follow one rule per value of n, decided in `usefulness`.

Spaces follow the French usage also found in CLDR and in browsers: U+202F (narrow, no break) in
thousands, before « ; ! ? % » and inside guillemets, U+00A0 (no break) before the colon. A locale
library was considered: it would add megabytes for twelve names of months, and the bytes of an
export would change with its data.
"""

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from faq_cms.errors import FaqError
from faq_cms.helpfulness import (
    MINIMUM_EVIDENCE,
    Bucket,
    Change,
    Counts,
    Effect,
    Interval,
    Prospect,
    Verdict,
    Window,
    share_of_corrections,
    wilson,
)
from faq_cms.models import (
    Cadence,
    CorrectionState,
    DeliveryOutcome,
    FlagKind,
    FlagOutcome,
    LinkPurpose,
    MailFailure,
    MailState,
    NoticeKind,
    PlannedAction,
    PlanOutcome,
    Reason,
    RemarkState,
    ReviewState,
    Rhythm,
    Role,
    Significance,
    Way,
    WebhookShape,
)
from faq_cms.personal_data import Kind

NBSP: Final = "\u00a0"
NNBSP: Final = "\u202f"
MINUS: Final = "\u2212"
UNKNOWN: Final = "—"

# Readers and editors live on this clock, whatever the server's.
PARIS: Final = ZoneInfo("Europe/Paris")

# From here a figure is shown whole, with its line over time; under it a line is mostly noise.
FULL_DISPLAY: Final = 30

# -- what readers are told -----------------------------------------------------------------------
# Fixed by contract, word for word. A tuple is two lines.

QUESTION: Final = "Cet article a-t-il été utile\u202f?"
YES: Final = "Oui"
NO: Final = "Non"
AFTER_YES: Final = ("C’est super\u202f!", "Merci pour votre commentaire")
AFTER_NO: Final = (
    "Désolé\u202f! Nous n’avons pas pu vous être utile",
    "Merci pour votre commentaire",
)
AFTER_REMARK_ON_NO: Final = (
    "Commentaires envoyés",
    "Nous apprécions vos efforts et nous allons corriger l’article",
)
# Not a promise to correct: after Oui, or when the reader blames something else than the text.
AFTER_OTHER_REMARK: Final = "Merci, votre remarque est transmise à la rédaction."

# -- the words of the product --------------------------------------------------------------------

VERDICTS: Final[Mapping[Verdict, str]] = {
    Verdict.MET: "Objectif atteint",
    Verdict.UNDECIDED: "Indécis",
    Verdict.BELOW: "Sous l’objectif",
    Verdict.TOO_FEW: "Trop peu de votes",
}

EFFECTS: Final[Mapping[Effect, str]] = {
    Effect.MORE_HELPFUL: "Plus utile qu’avant",
    Effect.LESS_HELPFUL: "Moins utile qu’avant",
    Effect.NOT_YET: "Pas encore mesurable",
}

WINDOWS: Final[Mapping[Window, str]] = {
    Window.DAYS_28: "28 derniers jours",
    Window.DAYS_90: "90 derniers jours",
    Window.MONTHS_12: "12 derniers mois",
    Window.ALL: "Depuis le début",
}

BUCKETS: Final[Mapping[Bucket, str]] = {
    Bucket.DAY: "Par jour",
    Bucket.WEEK: "Par semaine",
    Bucket.MONTH: "Par mois",
}

ROLES: Final[Mapping[Role, str]] = {
    Role.VIEWER: "Consultation",
    Role.EDITOR: "Rédaction",
    Role.REVIEWER: "Relecture",
    Role.MANAGER: "Pilotage",
    Role.ADMINISTRATOR: "Administration",
}

LINK_PURPOSES: Final[Mapping[LinkPurpose, str]] = {
    LinkPurpose.FIRST_ADMINISTRATOR: "Premier accès",
    LinkPurpose.INVITATION: "Invitation",
    LinkPurpose.RECOVERY: "Nouvel accès",
}

SIGNIFICANCES: Final[Mapping[Significance, str]] = {
    Significance.MINOR: "Forme seulement — les votes continuent",
    Significance.MAJOR: "Fond — nouvelle mesure",
}

REVIEW_STATES: Final[Mapping[ReviewState, str]] = {
    ReviewState.REQUESTED: "Relecture demandée",
    ReviewState.APPROVED: "Relu et approuvé",
    ReviewState.CHANGES_REQUESTED: "Modifications demandées",
    ReviewState.CANCELLED: "Demande retirée",
}

PLANNED_ACTIONS: Final[Mapping[PlannedAction, str]] = {
    PlannedAction.PUBLISH: "Publication",
    PlannedAction.WITHDRAW: "Retrait",
}

PLAN_OUTCOMES: Final[Mapping[PlanOutcome, str]] = {
    PlanOutcome.DONE: "Faite",
    PlanOutcome.CANCELLED: "Annulée",
    PlanOutcome.FAILED: "Échouée",
}

REASONS: Final[Mapping[Reason, str]] = {
    Reason.OUTDATED: "L’information est fausse ou n’est plus à jour",
    Reason.UNCLEAR: "Je ne comprends pas la réponse",
    Reason.INCOMPLETE: "Il manque une information",
    Reason.BROKEN_LINK: "Un lien ou une adresse ne fonctionne pas",
    Reason.OFF_TOPIC: "Ce n’est pas ce que je cherchais",
    Reason.DISAGREES: "J’ai compris, mais la règle ne me convient pas",
    Reason.OTHER: "Autre raison",
}

REMARK_STATES: Final[Mapping[RemarkState, str]] = {
    RemarkState.NEW: "Nouvelle",
    RemarkState.ANSWERED: "Corrigée",
    RemarkState.NO_ACTION: "Sans suite",
    RemarkState.FORWARDED: "Transmise à l’assistance",
}

FLAG_KINDS: Final[Mapping[FlagKind, str]] = {
    FlagKind.ISOLATED: "Signalement isolé",
    FlagKind.CONFIRMED: "Problème avéré",
    FlagKind.DROPPED: "Moins utile qu’avant",
    FlagKind.BY_HAND: "Signalé par la rédaction",
    FlagKind.OVERDUE: "Révision échue",
    FlagKind.CONTENT: "Contenu à vérifier",
}

FLAG_OUTCOMES: Final[Mapping[FlagOutcome, str]] = {
    FlagOutcome.ANSWERED: "Corrigé",
    FlagOutcome.WITHDRAWN: "Retiré",
    FlagOutcome.NOTHING_TO_FIX: "Rien à corriger",
    FlagOutcome.ARTICLE_WITHDRAWN: "Article retiré",
}

CORRECTION_STATES: Final[Mapping[CorrectionState, str]] = {
    CorrectionState.NEW: "Nouveau",
    CorrectionState.TAKEN: "Pris en charge",
    CorrectionState.IN_REVIEW: "En relecture",
    CorrectionState.OBSERVING: "En observation",
    CorrectionState.IMPROVED: "Amélioration constatée",
    CorrectionState.UNMEASURED: "Clos sans mesure",
    CorrectionState.NOTHING_TO_FIX: "Rien à corriger",
    CorrectionState.WITHDRAWN: "Signalement retiré",
    CorrectionState.REOPENED: "De retour à corriger",
}

# Why a correction ended without measure, when nobody had to say.
UNMEASURED: Final[Mapping[str, str]] = {
    "superseded": "Une version plus récente l’a remplacée avant la mesure.",
    "article_withdrawn": "L’article a été retiré de la publication.",
}

PERSONAL_DATA: Final[Mapping[Kind, str]] = {
    Kind.EMAIL: "une adresse e-mail",
    Kind.PHONE: "un numéro de téléphone",
    Kind.IBAN: "un numéro de compte (IBAN)",
    Kind.NATIONAL_NUMBER: "un numéro de sécurité sociale ou de registre national",
    Kind.COMPANY_NUMBER: "un numéro d’entreprise",
}

# Where a vote came from. A name given by an integrator stays as they wrote it.
SOURCES: Final[Mapping[str, str]] = {
    "aide": "Centre d’aide",
    "widget": "Votre site",
    "chatbot": "Assistant de conversation",
    "assistance": "Outil d’assistance",
    "freshdesk": "Freshdesk",
    "zendesk": "Zendesk",
    "intercom": "Intercom",
    "helpscout": "Help Scout",
    "chatwoot": "Chatwoot",
    "zammad": "Zammad",
    "phpmyfaq": "phpMyFAQ",
}

# By type first: members of two enumerations may share a code, and then they are equal as strings.
CADENCES: Final[Mapping[Cadence, str]] = {
    Cadence.WEEKLY: "Chaque semaine",
    Cadence.MONTHLY: "Chaque mois",
}

MAIL_STATES: Final[Mapping[MailState, str]] = {
    MailState.WAITING: "En attente",
    MailState.SENDING: "En cours d’envoi",
    MailState.SENT: "Envoyé",
    MailState.REFUSED: "Refusé",
    MailState.UNCERTAIN: "Peut-être envoyé",
}

MAIL_FAILURES: Final[Mapping[MailFailure, str]] = {
    MailFailure.UNREACHABLE: "le serveur d’envoi n’a pas répondu",
    MailFailure.NO_ENCRYPTION: "la connexion chiffrée a échoué",
    MailFailure.SIGN_IN: "le serveur d’envoi a refusé l’identification",
    MailFailure.SENDER: "le serveur d’envoi a refusé l’expéditeur",
    MailFailure.RECIPIENT: "le serveur d’envoi a refusé cette adresse",
    MailFailure.MESSAGE: "le serveur d’envoi a refusé le message",
    MailFailure.NO_ANSWER: "la connexion s’est perdue pendant l’envoi",
}

WAYS: Final[Mapping[Way, str]] = {
    Way.MACHINE: "accès machine",
    Way.JOB: "fichier écrit par une commande",
    Way.PUSH: "envoi direct",
    Way.DOWNLOAD: "téléchargement",
}

DELIVERY_OUTCOMES: Final[Mapping[DeliveryOutcome, str]] = {
    DeliveryOutcome.DONE: "réussi",
    DeliveryOutcome.FAILED: "échoué",
    DeliveryOutcome.MISSED: "manqué",
}

NOTICE_KINDS: Final[Mapping[NoticeKind, str]] = {
    NoticeKind.CONFIRMED: "Un problème est avéré",
    NoticeKind.ASSIGNED: "Une correction m’est confiée",
    NoticeKind.REVIEW: "Une relecture m’est demandée",
    NoticeKind.LATE: "Une correction est en retard",
    NoticeKind.BURST: "Des votes sont mis de côté",
    NoticeKind.MISSED: "Un canal n’a pas reçu son envoi",
}

WEBHOOK_SHAPES: Final[Mapping[WebhookShape, str]] = {
    WebhookShape.JSON: "JSON",
    WebhookShape.SLACK: "Slack",
    WebhookShape.TEAMS: "Teams",
}

RHYTHMS: Final[Mapping[Rhythm, str]] = {
    Rhythm.DAILY: "Chaque jour",
    Rhythm.WEEKLY: "Chaque lundi",
}

LABELS: Final[Mapping[type[StrEnum], Mapping[Any, str]]] = {
    NoticeKind: NOTICE_KINDS,
    Rhythm: RHYTHMS,
    WebhookShape: WEBHOOK_SHAPES,
    Cadence: CADENCES,
    MailState: MAIL_STATES,
    MailFailure: MAIL_FAILURES,
    Verdict: VERDICTS,
    Effect: EFFECTS,
    Window: WINDOWS,
    Bucket: BUCKETS,
    Role: ROLES,
    LinkPurpose: LINK_PURPOSES,
    Significance: SIGNIFICANCES,
    ReviewState: REVIEW_STATES,
    PlannedAction: PLANNED_ACTIONS,
    PlanOutcome: PLAN_OUTCOMES,
    Reason: REASONS,
    RemarkState: REMARK_STATES,
    FlagKind: FLAG_KINDS,
    FlagOutcome: FLAG_OUTCOMES,
    CorrectionState: CORRECTION_STATES,
    Kind: PERSONAL_DATA,
    Way: WAYS,
    DeliveryOutcome: DELIVERY_OUTCOMES,
}


def source(name: str) -> str:
    """The French name of a source of votes; the name itself when it is an integrator's own."""
    return SOURCES.get(name, name)


def label(member: StrEnum) -> str:
    """The French name of a member of any enumeration of the product."""
    return LABELS[type(member)][member]


# -- what people are told ------------------------------------------------------------------------


def told(kind: NoticeKind, detail: Mapping[str, Any]) -> str:
    """One notice in one line; `detail` as `notices` keeps it."""
    about = f"«{NNBSP}{detail.get('question', '')}{NNBSP}»"
    by = f" par {detail['name']}" if detail.get("name") else ""
    due = date(dt.date.fromisoformat(detail["due_on"])) if detail.get("due_on") else ""
    return {
        NoticeKind.CONFIRMED: f"Problème avéré{NBSP}: {about}",
        NoticeKind.ASSIGNED: f"Correction confiée{by}{f' pour le {due}' if due else ''}{NBSP}: {about}",
        NoticeKind.REVIEW: f"Relecture demandée{by}{NBSP}: {about}",
        NoticeKind.LATE: f"Correction en retard, attendue le {due}{NBSP}: {about}",
        NoticeKind.BURST: f"{count(int(detail.get('votes', 0)), 'vote mis', 'votes mis')} de côté{NBSP}: {about}",
        NoticeKind.MISSED: _missed(detail),
    }[kind]


def _missed(detail: Mapping[str, Any]) -> str:
    """A delivery that did not take place, or could not; « feed » is what a machine asks for."""
    channel = detail.get("channel", "")
    channel = "flux des changements" if channel == "feed" else channel
    failure = str(detail.get("failure") or "")
    lead = "échoué" if failure else "manqué"
    return f"Envoi {lead}{NBSP}: {detail.get('name', '')} ({channel}){f'. {failure}' if failure else ''}"


TRIAL: Final = "Essai\u00a0: les nouveautés de la FAQ arriveront ici."
# What a call to another system met; a bare status is shown as it is.
CALLS: Final[Mapping[str, str]] = {
    "unreachable": "l’adresse ne répond pas",
    "timeout": "l’adresse met trop longtemps à répondre",
    "unknown_host": "ce nom de domaine n’existe pas",
    "private": "cette adresse n’est pas publique",
    "not_https": "cette adresse n’est pas en https",
}

ANSWERED: Final = "l’article a été corrigé"
_MARKS: Final = {"equal": "{}", "delete": "[supprimé\u00a0: {}]", "insert": "[ajouté\u00a0: {}]"}


def answered(
    reference: str,
    question: str,
    changed: Sequence[Sequence[tuple[str, str]]],
    *,
    article_url: str,
    unsubscribe_url: str,
    days: int,
) -> str:
    """What the author of a remark is told; `changed`: (kind, text) of each text's word diff."""
    passages = [passage for pieces in changed for passage in _changed_passages(pieces)]
    first = (
        f"Vous aviez laissé une remarque ({reference}) sous l’article «{NNBSP}{question}{NNBSP}» "
        f"et demandé à être prévenu. L’article a été corrigé. Merci{NNBSP}!"
    )
    last = (
        "C’est le seul message que vous recevrez. Votre adresse sera effacée au plus tard dans "
        f"{days}{NBSP}jours. Pour l’effacer dès maintenant{NBSP}:\n{unsubscribe_url}"
    )
    return "\n\n".join(
        [
            "Bonjour,",
            first,
            *([f"Ce qui a changé{NBSP}:", *passages] if passages else []),
            f"L’article{NBSP}:\n{article_url}",
            last,
            "",
        ]
    )


def _changed_passages(pieces: Sequence[tuple[str, str]]) -> list[str]:
    """The paragraphs where something went or came, each change marked in words."""
    marked, is_changed = [""], [False]
    for kind, text in pieces:
        for number, part in enumerate(text.split("\n")):
            if number:
                marked.append("")
                is_changed.append(False)
            if part.strip() or kind == "equal":
                around = part if kind == "equal" else part.strip()
                marked[-1] += part.replace(around, _MARKS[kind].format(around))
                is_changed[-1] |= kind != "equal"
    return [line.strip() for line, moved in zip(marked, is_changed, strict=True) if moved]


def digest(
    name: str,
    site: str,
    lines: Sequence[tuple[str, str]],
    *,
    settings_url: str,
    unsubscribe_url: str,
) -> str:
    """The text of a digest: each notice, then where to act on it."""
    told_lines = [f"- {said}\n  {address}" for said, address in lines]
    await_you = plural(len(lines), "vous attend", "vous attendent")
    return "\n\n".join(
        [
            f"Bonjour {name},",
            f"{count(len(lines), 'nouveauté', 'nouveautés')} {await_you} dans «{NNBSP}{site}{NNBSP}».",
            *told_lines,
            f"Choisir ce que vous recevez{NBSP}:\n{settings_url}",
            f"Ne plus recevoir cet e-mail{NBSP}:\n{unsubscribe_url}",
            "",
        ]
    )


# -- refusals ------------------------------------------------------------------------------------
# One sentence for what happened and one for what to do. The key is the error’s code, then what
# tells its cases apart; the most precise key wins, the bare code is the last resort.

SENTENCES: Final[Mapping[str, str]] = {
    "error": "Une erreur est survenue. Rien n’a été enregistré.",
    "not_found": "Ce que vous cherchez n’existe pas ou n’existe plus.",
    "not_found.article": "Cet article n’existe pas ou n’est plus publié.",
    "not_found.page": "Cette adresse ne mène à aucune page.",
    "not_found.version": "Cette version n’existe pas ou n’a jamais été publiée.",
    "not_found.category": "Cette catégorie n’existe pas ou n’existe plus.",
    "not_found.channel": "Ce canal n’existe pas.",
    "not_found.address": "Cette adresse n’existe pas.",
    "invalid.contact.not_an_address": "Cette adresse e-mail n’est pas complète. Corrigez-la, ou laissez le champ vide.",
    "invalid.contact.without_remark": "Écrivez une remarque\u00a0: c’est sa correction qui vous sera annoncée.",
    "invalid.url.not_a_url": "Cette adresse n’en est pas une. Donnez-la entière, de https:// à la fin.",
    "invalid.url.not_https": "L’adresse doit commencer par https://, sans numéro de port.",
    "invalid.url.private": "Cette adresse n’est pas publique. Une personne qui installe le logiciel peut l’autoriser (FAQ_WEBHOOK_NETWORKS).",
    "invalid.kinds.empty": "Choisissez au moins une nouveauté à annoncer.",
    "conflict.too_many_webhooks": "{detail} adresses sont déjà prévenues. Retirez-en une d’abord.",
    "not_found.webhook": "Cette adresse n’est plus prévenue.",
    "conflict.no_message": "Il n’y a plus de message à envoyer pour cette remarque.",
    "conflict.message_left": "Le message est déjà parti.",
    "not_found.remark": "Cette remarque n’existe plus.",
    "not_found.report": "Ce rapport n’existe pas.",
    "not_found.plan": "Cette programmation n’existe plus.",
    "not_found.import_batch": "Cet import n’existe pas.",
    "not_found.missing_question": "Cette question n’est plus dans la liste.",
    "not_found.review_note": "Cette note n’existe plus.",
    "not_found.vote": "Ce vote est introuvable\u00a0: votez de nouveau, puis écrivez votre remarque.",
    "sign_in_required": "Connectez-vous pour continuer.",
    "sign_in_refused": "Nom ou mot de passe incorrect.",
    "forbidden": "Votre rôle ne permet pas cette action.",
    "stale_draft": (
        "{changed_by} a modifié ce texte depuis que vous l’avez ouvert. Rien n’a été écrasé\u00a0: "
        "comparez les deux textes avant d’enregistrer."
    ),
    "method_not_allowed": "Cette adresse n’accepte pas ce type de demande.",
    "conflict": "L’état a changé entre-temps. Rechargez la page et recommencez.",
    "conflict.already_recipient": "Cette adresse reçoit déjà ce rapport.",
    "conflict.too_many_recipients": (
        "{detail} destinataires au plus\u00a0: retirez-en un, ou donnez une adresse de groupe."
    ),
    "conflict.already_planned": (
        "Une programmation est déjà en attente pour cet article. Annulez-la d’abord."
    ),
    "conflict.broken_references": (
        "La base contient des renvois vers des lignes absentes. Restaurez la dernière sauvegarde."
    ),
    "conflict.last_administrator": (
        "C’est le dernier compte d’administration. Nommez d’abord une autre personne."
    ),
    "conflict.category_in_use": (
        "«\u202f{detail}\u202f» contient encore des articles ou des catégories\u00a0: "
        "fusionnez-la avec une autre."
    ),
    "conflict.merge_itself": "Choisissez une autre catégorie\u00a0: celle-ci est la même.",
    "conflict.synonym_taken": "«\u202f{detail}\u202f» est déjà dans une autre liste\u00a0: réunissez-les.",
    "conflict.third_level": (
        "Les catégories n’ont que deux niveaux\u00a0: «\u202f{detail}\u202f» ne peut pas "
        "en former un troisième."
    ),
    "conflict.already_undone": "Cet import a déjà été annulé\u00a0: {detail}.",
    "conflict.import_running": (
        "Un autre import vient d’écrire les mêmes articles\u00a0: rien n’a été importé. Recommencez."
    ),
    "conflict.link_used": "Ce lien a déjà servi ou a expiré. Demandez-en un nouveau.",
    "conflict.moved_since": "«\u202f{detail}\u202f» a changé depuis\u00a0: rien n’a été annulé.",
    "conflict.newer_schema": (
        "Cette base vient d’une version plus récente du logiciel. Mettez le logiciel à jour."
    ),
    "conflict.no_review": "Cette demande de relecture n’est plus en cours.",
    "conflict.own_text": (
        "Vous avez écrit une partie de ce texte\u00a0: une autre personne doit le relire."
    ),
    "conflict.plan_ended": "Cette programmation n’est plus en attente.",
    "conflict.planned": (
        "La publication de «\u202f{detail}\u202f» est programmée\u00a0: annulez la programmation "
        "pour modifier le texte."
    ),
    "conflict.published_since": (
        "Une autre version a été publiée après la programmation\u00a0: comparez les deux textes, puis "
        "publiez ou programmez de nouveau."
    ),
    "conflict.review_open": "Une relecture de ce texte est déjà demandée.",
    "conflict.review_required": (
        "Une autre personne doit approuver ce texte avant sa publication\u00a0: demandez une relecture."
    ),
    "conflict.too_late": (
        "Il est trop tard pour annuler\u00a0: restaurez plutôt la version précédente."
    ),
    "conflict.voted_since": (
        "Un lecteur a déjà répondu sur cette version\u00a0: restaurez plutôt la précédente."
    ),
    "conflict.withdrawn_since": (
        "L’article a été retiré de la publication après la programmation\u00a0: publiez ou programmez "
        "de nouveau."
    ),
    "conflict.no_account": "Ce compte n’existe plus.",
    "conflict.no_draft": "Il n’y a plus de brouillon\u00a0: il a été publié ou abandonné entre-temps.",
    "conflict.no_token": "Cet accès machine n’existe plus.",
    "conflict.not_a_no": "Une raison ne peut suivre qu’une réponse «\u202fNon\u202f».",
    "conflict.not_listed": "Cet article n’est plus à corriger.",
    "conflict.already_raised": "Cet article est déjà signalé par la rédaction.",
    "conflict.not_raised": "Ce signalement n’est plus ouvert.",
    "conflict.not_observed": "Cette correction n’est plus en observation.",
    "conflict.still_measurable": (
        "Les votes peuvent encore conclure : attendez-les, ou publiez une meilleure version."
    ),
    "conflict.not_published": "Cet article n’est pas publié.",
    "conflict.not_withdrawn": "Cet article n’est pas retiré.",
    "conflict.taken": "{detail} s’en charge déjà.",
    "conflict.unchanged": "Le texte est identique à la version publiée\u00a0: il n’y a rien à publier.",
    "invalid": "Une valeur est incorrecte\u00a0: {field}.",
    "invalid.answer.empty": "Écrivez la réponse avant de publier.",
    "invalid.answer.too_long": "La réponse est trop longue\u00a0: découpez-la en plusieurs articles.",
    "invalid.category.length": (
        "Le nom d’une catégorie compte de {detail[0]} à {detail[1]} caractères."
    ),
    "invalid.comment.empty": "Dites quelles modifications vous demandez.",
    "invalid.comment.too_long": "Le commentaire ne peut dépasser {detail} caractères.",
    "invalid.assignee.unknown": "Cette personne n’a plus de compte ouvert. Choisissez-en une autre.",
    "invalid.assignee.not_allowed": (
        "{detail} ne peut pas corriger d’articles. Choisissez quelqu’un d’autre."
    ),
    "invalid.due_on.past": "Cette échéance est déjà passée. Choisissez une date à venir.",
    "invalid.snoozed_until.range": (
        "Choisissez une date à venir, dans les {detail} jours : l’article reviendra ce jour-là."
    ),
    "invalid.due.past": "Ce moment est déjà passé. Choisissez une date et une heure à venir.",
    "invalid.category.taken": (
        "La catégorie «\u202f{detail}\u202f» existe déjà. Choisissez un autre nom, ou fusionnez-les."
    ),
    "invalid.internal_note.too_long": "La note interne ne peut dépasser {detail} caractères.",
    "invalid.owner.unknown": "Cette personne n’a plus de compte ouvert. Choisissez-en une autre.",
    "invalid.synonyms.meaningless": (
        "«\u202f{detail}\u202f» ne contient aucun mot que la recherche retienne."
    ),
    "invalid.synonyms.too_few": "Il faut au moins deux mots ou expressions différents.",
    "invalid.synonyms.too_long": (
        "Un mot ou une expression compte {detail} caractères au plus, et cinq mots."
    ),
    "invalid.synonyms.too_many": "Une liste compte {detail} mots ou expressions au plus.",
    "not_found.synonym_set": "Cette liste de synonymes n’existe plus.",
    "invalid.tag.length": "Un mot-clé compte de {detail[0]} à {detail[1]} caractères.",
    "invalid.tags.too_many": "Un article porte {detail} mots-clés au plus.",
    "invalid.days.range": "La durée va de {detail[0]} à {detail[1]} jours.",
    "invalid.archive.damaged": "{detail}\u00a0: cette archive est endommagée. Refaites-la.",
    "invalid.archive.whole": (
        "{detail} est une archive complète, pas un document. Une installation vide la reprend par "
        "«\u202fpython -m faq_cms import\u202f», seule."
    ),
    "invalid.archive.locked": (
        "{detail}\u00a0: cette archive est protégée par un mot de passe. Enlevez-le."
    ),
    "invalid.archive.link": (
        "{detail}\u00a0: cette archive contient un lien vers un autre fichier. Refaites-la sans lien."
    ),
    "invalid.archive.outside": (
        "{detail}\u00a0: un fichier de cette archive sortirait de son dossier. Refaites-la."
    ),
    "invalid.archive.bomb": (
        "{detail}\u00a0: un fichier de cette archive est anormalement compressé. Importez-le à part."
    ),
    "invalid.archive.nested": (
        "{detail}\u00a0: cette archive en contient une autre. Importez-les séparément."
    ),
    "invalid.archive.too_many": "{detail}\u00a0: trop de fichiers. Importez-les en plusieurs fois.",
    "invalid.archive.too_large": (
        "{detail}\u00a0: trop volumineux une fois décompressé. Importez-le en plusieurs fois."
    ),
    "invalid.document.too_many_entries": (
        "Ce document contient plus de {detail} questions. Importez-le en plusieurs fois."
    ),
    "invalid.document.too_many_tags": (
        "Cette page est trop grande pour être lue d’un coup. Importez-la en plusieurs morceaux."
    ),
    "invalid.document.too_many_values": (
        "Ce document contient trop de valeurs, ou des renvois qui les multiplient. "
        "Gardez les questions et les réponses seules."
    ),
    "invalid.document.too_deep": (
        "Ce document imbrique trop de niveaux les uns dans les autres. Aplatissez-le, puis recommencez."
    ),
    "invalid.document.cell_too_long": (
        "Une cellule de ce tableau dépasse {detail} caractères\u00a0: il manque sans doute un guillemet."
    ),
    "invalid.document.expands": (
        "Une fois décompressé, ce document serait démesuré. Enregistrez-le de nouveau, sans images."
    ),
    "invalid.document.encrypted": (
        "Ce document est protégé par un mot de passe. Enregistrez-le sans protection, puis recommencez."
    ),
    "invalid.document.entities": (
        "Ce document contient des définitions interdites (DOCTYPE). Enregistrez-le de nouveau depuis "
        "Word, Excel ou LibreOffice."
    ),
    "invalid.document.damaged": (
        "Ce document est abîmé\u00a0: ouvrez-le, enregistrez-le de nouveau, puis recommencez."
    ),
    "invalid.document.too_many_lines": (
        "Ce document compte plus de {detail} lignes. Importez-le en plusieurs fois."
    ),
    "invalid.wanted.empty": "Écrivez les mots à remplacer.",
    "invalid.wanted.too_long": "Ces mots sont trop longs\u00a0: {detail} caractères au plus.",
    "invalid.replacement.same": "Les deux textes sont identiques\u00a0: il n’y a rien à remplacer.",
    "invalid.format.unknown": "Le format «\u202f{detail}\u202f» n’est pas connu.",
    "invalid.body.not_json": "Le corps de la demande n’est pas du JSON.",
    "invalid.content-type.not_json": "Envoyez la demande en application/json.",
    "invalid.limit.range": "Le nombre d’articles par page va de {detail[0]} à {detail[1]}.",
    "invalid.not_a_cursor": "Ce repère de page n’est pas valable\u00a0: reprenez la première page.",
    "invalid.not_an_instant": (
        "{field} est une date au format ISO 8601, par exemple 2026-03-02T09:00:00Z."
    ),
    "invalid.schema": "La valeur de «\u202f{field}\u202f» n’a pas la forme attendue.",
    "invalid.form.trap": (
        "Cet envoi ressemble à celui d’un programme\u00a0: il n’a pas été enregistré. "
        "Revenez à la page et recommencez."
    ),
    "invalid.form.unknown_field": "Cet envoi contient un champ inconnu. Rien n’a été enregistré.",
    "invalid.form.unreadable": "Cet envoi est illisible. Rien n’a été enregistré.",
    "invalid.helpful.unknown": "Répondez par «\u202fOui\u202f» ou par «\u202fNon\u202f».",
    "invalid.lone_surrogate": "Le texte contient un caractère illisible en position {detail}.",
    "invalid.address.not_an_address": "Ce n’est pas une adresse e-mail complète (nom@domaine).",
    "invalid.name.length": "Un nom compte de {detail[0]} à {detail[1]} caractères.",
    "invalid.name.taken": "Ce nom est déjà pris. Choisissez-en un autre.",
    "invalid.note.too_long": "La note ne peut dépasser {detail} caractères.",
    "invalid.objective.range": "L’objectif est compris entre 1 et 99\u202f%.",
    "invalid.channel.unknown": "Ce canal n’existe pas. Canaux\u00a0: {detail}.",
    "invalid.output.missing": "Donnez le fichier à écrire\u00a0: --output FICHIER.",
    "invalid.password.guessable": (
        "Ce mot de passe est trop facile à deviner. Évitez votre nom et les répétitions."
    ),
    "invalid.password.length": (
        "Un mot de passe compte de {detail[0]} à {detail[1]} caractères. Une phrase convient bien."
    ),
    "invalid.question.empty": "Écrivez la question avant de publier.",
    "invalid.question.too_long": "La question ne peut dépasser {detail} caractères.",
    "invalid.question_missing.empty": "Écrivez votre question avant de la signaler.",
    "invalid.question_missing.too_long": "Votre question ne peut dépasser {detail} caractères.",
    "invalid.reason.length": "Donnez une raison, en {detail[1]} caractères au plus.",
    "invalid.reason.unknown": "Cette raison n’est pas dans la liste.",
    "invalid.request.too_long": "La demande ne peut dépasser {detail} caractères.",
    "invalid.review_note.empty": "Écrivez la note avant de l’ajouter.",
    "invalid.review_note.too_long": "Une note ne peut dépasser {detail} caractères.",
    "invalid.review_on.past": "Choisissez une date à venir.",
    "invalid.reviewer.not_allowed": "{detail} ne peut pas relire de textes. Choisissez quelqu’un d’autre.",
    "invalid.reviewer.own_text": (
        "{detail} a écrit une partie de ce texte. Choisissez quelqu’un d’autre."
    ),
    "invalid.scope.unknown": "Ce droit d’accès machine n’est pas connu.",
    "invalid.slug.taken": "L’adresse de la page «\u202f{detail}\u202f» est déjà prise.",
    "invalid.source.format": (
        "Le nom de la source compte au plus {detail} lettres, chiffres ou traits d’union."
    ),
    "invalid.text.empty": "Votre remarque est vide.",
    "personal_data": (
        "Votre remarque semble contenir {kinds}. Elle n’est pas encore envoyée\u00a0: "
        "masquez ces données, ou envoyez-la telle quelle."
    ),
    "invalid.text.too_long": "Votre remarque ne peut dépasser {detail} caractères.",
    "too_many": "Trop de demandes. Réessayez dans {retry_after}.",
    "too_many.exports": "Cet accès demande trop d’exports à la fois. Réessayez dans {retry_after}.",
    "too_many.questions": (
        "Trop de questions signalées pour le moment\u00a0: celle-ci n’est pas enregistrée. "
        "Réessayez dans {retry_after}."
    ),
    "too_many.remarks": (
        "Trop de remarques aujourd’hui\u00a0: celle-ci n’est pas enregistrée. "
        "Réessayez dans {retry_after}."
    ),
    "too_many.sign_in": "Trop d’essais de connexion. Réessayez dans {retry_after}.",
    "too_many.votes": (
        "Trop de votes depuis votre réseau\u00a0: celui-ci n’est pas enregistré. "
        "Réessayez dans {retry_after}."
    ),
    "archive_refused.not_ours": "{name}\u00a0: ce fichier n’est pas une archive de cette FAQ. Rien n’est écrit.",
    "archive_refused.newer": (
        "{name}\u00a0: cette archive vient d’une version plus récente du programme. "
        "Mettez-le à jour, puis relancez. Rien n’est écrit."
    ),
    "archive_refused.damaged": (
        "{name}\u00a0: cette archive est abîmée ({detail}). Rien n’est écrit\u202f; prenez-en une autre."
    ),
    "archive_refused.not_empty": (
        "{name}\u00a0: une archive ne s’importe que dans une installation vide, et celle-ci contient déjà "
        "des données. Donnez une autre base par FAQ_DATABASE_URL. Rien n’est écrit."
    ),
    "archive_refused.in_company": (
        "{name}\u00a0: une archive s’importe seule, sans autre fichier ni catégorie. Rien n’est écrit."
    ),
    "desk_refused.insecure": (
        "{host} n’est pas joint en https\u00a0: les accès y seraient lisibles par tous. "
        "Corrigez l’adresse dans les réglages."
    ),
    "desk_refused.unreachable": "{host} ne répond pas. Ce qui est déjà envoyé le reste\u00a0: réessayez.",
    "desk_refused.unauthorized": (
        "{host} a refusé l’accès ({detail}). Vérifiez la clé ou le jeton dans les réglages."
    ),
    "desk_refused.redirected": (
        "{host} renvoie vers {detail}\u00a0: rien n’y est envoyé. Mettez la bonne adresse dans les réglages."
    ),
    "desk_refused.too_many": (
        "{host} limite les demandes. Ce qui est déjà envoyé le reste\u00a0: réessayez plus tard."
    ),
    "desk_refused.gone": (
        "{host} ne connaît pas cet emplacement. Vérifiez le dossier ou la section dans les réglages."
    ),
    "desk_refused.answered": "{host} a répondu par l’erreur {detail}. Réessayez plus tard.",
    "desk_refused.unreadable": "La réponse de {host} est illisible. Vérifiez son adresse dans les réglages.",
    "conflict.desk_not_configured": (
        "Aucun accès à «\u202f{detail}\u202f» dans les réglages. Donnez-les, puis redémarrez."
    ),
    "conflict.empty_push": (
        "Aucun article n’est publié ici, et {detail} en sert encore\u00a0: rien n’y est retiré. "
        "Si c’est voulu, envoyez en demandant d’écraser (--overwrite)."
    ),
    "conflict.push_under_way": (
        "Un envoi vers {detail} est en cours, ou vient d’être interrompu. Réessayez dans un quart d’heure."
    ),
    "bad_setting.incomplete_desk": (
        "{name} manque\u00a0: un outil d’assistance demande tous ses réglages, ou aucun."
    ),
    "bad_setting.not_a_number": "{name} est un numéro, fait de chiffres.",
    "bad_setting.not_a_language": "{name} est un code de langue, par exemple fr ou fr-be.",
    "bad_setting.not_https": "{name} est une adresse https, par exemple https://exemple.freshdesk.com.",
    "too_large": "Ce contenu dépasse la taille permise ({limit}).",
    "nothing_to_import": (
        "{name}, ligne {line}\u00a0: aucune question trouvée. Commencez chaque question par "
        "«\u202fQ\u00a0:\u202f» et chaque réponse par «\u202fR\u00a0:\u202f», en début de ligne."
    ),
    "misspelt": (
        "Rien n’est exporté\u00a0: la typographie n’est pas juste dans {articles}. Corrigez ces "
        "articles, ou demandez un export à la typographie corrigée."
    ),
    "conflict.cell_too_long": (
        "La réponse à «\u202f{detail}\u202f» est trop longue pour une cellule d’Excel "
        "(32\u202f767 caractères). Choisissez un autre format."
    ),
    "nothing_to_import.no_column": (
        "{name}, ligne {line}\u00a0: aucune colonne de questions et de réponses trouvée. Nommez-les "
        "«\u202fQuestion\u202f» et «\u202fRéponse\u202f» dans la première ligne."
    ),
    "nothing_to_import.no_key": (
        "{name}, ligne {line}\u00a0: aucune question trouvée. Donnez à chaque entrée les clés "
        "«\u202fquestion\u202f» et «\u202fréponse\u202f»."
    ),
    "nothing_to_import.no_heading": (
        "{name}, ligne {line}\u00a0: aucune question trouvée. Faites de chaque question un titre, une "
        "ligne en gras ou un bloc dépliable, terminé par un point d’interrogation."
    ),
    "nothing_to_import.broken_json": (
        "{name}, ligne {line}\u00a0: ce JSON est mal formé. Vérifiez les virgules, les guillemets et les "
        "accolades à cet endroit."
    ),
    "nothing_to_import.broken_yaml": (
        "{name}, ligne {line}\u00a0: ce YAML est mal formé. Vérifiez l’indentation et les deux-points à cet "
        "endroit."
    ),
    "nothing_to_import.own_export": (
        "{name}\u00a0: cet export de l’application a été modifié et ne se relit plus. Exportez de nouveau."
    ),
    "nothing_to_import.other_kind": (
        "{name}, ligne {line}\u00a0: ce genre de fichier ne se lit pas ici. Enregistrez-le en DOCX, XLSX, "
        "HTML, CSV ou texte."
    ),
    "nothing_to_import.folder": "{name}\u00a0: ce dossier ne contient aucun document à importer.",
    "conflict.empty_export": (
        "{detail} contient un export rempli, et aucun article n’est à exporter\u00a0: le fichier est "
        "laissé tel quel. Ajoutez --allow-empty pour le vider."
    ),
    "conflict.emptied_export": (
        "Aucun article n’est à exporter ({detail}), et cet accès en sert\u00a0: rien ne lui est envoyé. "
        "Si c’est voulu, ajoutez allow_empty=true à l’adresse."
    ),
    "conflict.unknown_articles": (
        "Articles inconnus ici\u00a0: {detail}. Rien n’a été écrit. "
        "Corrigez leurs adresses, ou ajoutez --skip-unknown pour les laisser de côté."
    ),
    "backup_refused": "{name}\u00a0: sauvegarde refusée.",
    "backup_refused.damaged": (
        "{name}\u00a0: ce fichier est abîmé ({detail}). Rien n’a été remplacé\u202f; "
        "prenez une autre sauvegarde."
    ),
    "backup_refused.in_use": (
        "{name}\u00a0: la base est ouverte par un autre programme. Arrêtez le serveur, puis relancez."
    ),
    "backup_refused.newer": (
        "{name}\u00a0: cette sauvegarde vient d’une version plus récente du programme. "
        "Mettez-le à jour, puis relancez. Rien n’a été remplacé."
    ),
    "backup_refused.not_ours": (
        "{name}\u00a0: ce fichier n’est pas une sauvegarde de cette FAQ. Rien n’a été remplacé."
    ),
    "backup_refused.tool_failed": "{name} a échoué\u00a0: {detail}. Rien n’a été écrit.",
    "backup_refused.tool_missing": (
        "L’outil {name} de PostgreSQL est introuvable. Installez le paquet postgresql-client, "
        "puis relancez."
    ),
    "bad_row": "{name}, ligne {line}, colonne {column}\u00a0: valeur impossible à lire.",
    "bad_row.column": (
        "{name}, ligne {line}\u00a0: la colonne {column} manque. Les colonnes attendues sont {detail}."
    ),
    "bad_row.empty": "{name}, ligne {line}, colonne {column}\u00a0: une valeur est attendue.",
    "bad_row.future": (
        "{name}, ligne {line}, colonne {column}\u00a0: cette date n’est pas encore passée. "
        "Corrigez-la."
    ),
    "bad_row.instant": (
        "{name}, ligne {line}, colonne {column}\u00a0: date non reconnue. "
        "Écrivez-la ainsi\u00a0: 2026-03-31T14:05:00+02:00."
    ),
    "bad_row.no_rows": "{name}, ligne {line}\u00a0: ce tableau n’a aucune ligne à importer.",
    "bad_row.not_a_count": (
        "{name}, ligne {line}, colonne {column}\u00a0: un nombre entier, 0 ou plus, est attendu."
    ),
    "bad_row.reason": (
        "{name}, ligne {line}, colonne {column}\u00a0: raison inconnue. Choix\u00a0: {detail}."
    ),
    "bad_row.reason_after_yes": (
        "{name}, ligne {line}, colonne {column}\u00a0: une raison n’accompagne qu’un Non."
    ),
    "bad_row.source": (
        "{name}, ligne {line}, colonne {column}\u00a0: au plus {detail} lettres, chiffres ou traits "
        "d’union."
    ),
    "bad_row.text": (
        "{name}, ligne {line}\u00a0: un guillemet n’est pas refermé, ou une case est trop longue. "
        "Enregistrez de nouveau le tableau en CSV."
    ),
    "bad_row.verdict": (
        "{name}, ligne {line}, colonne {column}\u00a0: écrivez oui ou non (ou true, false, 1, 0)."
    ),
    "bad_row.version": (
        "{name}, ligne {line}, colonne {column}\u00a0: l’article n’a pas de version {detail}."
    ),
    "bad_setting": "Le réglage {name} ne peut pas être utilisé.",
    "bad_setting.not_a_database": (
        "{name} n’est pas une adresse de base de données connue\u00a0: sqlite:///chemin.db "
        "ou postgresql://utilisateur@serveur/base."
    ),
    "bad_setting.unreachable": (
        "La base de données donnée par {name} ne répond pas ou ne peut pas être lue. "
        "Vérifiez qu’elle est démarrée, que l’adresse est juste et que le fichier est entier."
    ),
    "bad_setting.taken": (
        "{name}\u00a0: un autre programme occupe déjà ce port. Arrêtez-le ou choisissez-en un autre, "
        "par exemple --port 8600."
    ),
    "bad_setting.not_an_address": (
        "{name} n’est pas une adresse de cette machine. Utilisez par exemple 127.0.0.1."
    ),
    "bad_setting.not_a_level": "{name} vaut debug, info, warning ou error.",
    "bad_setting.not_a_switch": "{name} vaut on ou off.",
    "bad_setting.not_a_port": "{name} est un numéro de port, de 1 à 65535.",
    "bad_setting.not_a_url": "{name} est une adresse complète, par exemple https://aide.example.org.",
    "bad_setting.not_a_pattern": (
        "{name} est une adresse qui contient {{slug}}, par exemple https://www.example.org/aide/{{slug}}."
    ),
    "bad_setting.not_networks": (
        "{name} est une liste d’adresses ou de réseaux séparés par des virgules, "
        "par exemple 10.0.0.0/8."
    ),
    "bad_setting.not_origins": (
        "{name} est une liste de sites séparés par des virgules, sans page, "
        "par exemple https://www.example.org."
    ),
    "bad_setting.not_a_mail_server": (
        "{name} est l’adresse d’un serveur d’envoi, par exemple smtps://mail.example.org."
    ),
    "bad_setting.not_an_address_of_mail": (
        "{name} est une adresse e-mail, par exemple aide@example.org."
    ),
    "bad_setting.goes_with_the_other": (
        "{name} manque\u00a0: FAQ_SMTP_URL et FAQ_MAIL_FROM vont ensemble."
    ),
    "bad_setting.too_short": "{name} est trop court\u00a0: donnez au moins 32 caractères au hasard.",
    "bad_setting.unknown": "{name} n’est pas un réglage connu. Vérifiez son orthographe.",
    "bad_setting.unwritable": "Le dossier donné par {name} ne peut pas être écrit.",
    "unfit_to_serve": "Démarrage refusé\u00a0: {detail}",
    "unavailable": "Enregistrement impossible pour le moment. Réessayez dans quelques minutes.",
}


def sentence(error: FaqError) -> str:
    """Say in French what was refused and what to do about it."""
    shown = {name: _shown(name, value) for name, value in vars(error).items()}
    key = next(key for key in _keys(error) if key in SENTENCES)
    return SENTENCES[key].format_map(shown)


def _keys(error: FaqError) -> Iterator[str]:
    given = vars(error)
    field, case = given.get("field"), given.get("reason")
    if field:
        yield f"{error.code}.{field}.{case}"
    for name in ("reason", "kind", "scope"):
        yield f"{error.code}.{given.get(name)}"
    yield error.code
    yield "error"


def _shown(name: str, value: object) -> object:
    if name == "kinds" and isinstance(value, tuple):
        named = [label(Kind(kind)) for kind in value]
        return " et ".join([", ".join(named[:-1]), named[-1]] if named[1:] else named)
    if name == "articles" and isinstance(value, tuple):
        return _misspelt(value)
    if isinstance(value, tuple | list):
        return [_shown(name, part) for part in value]
    if not isinstance(value, int):
        return value
    if name == "retry_after":
        return duration(value)
    return size(value) if name == "limit" else number(value)


def _misspelt(articles: Sequence[tuple[str, tuple[str, ...]]]) -> str:
    """The first articles with what is wrong in each, then how many others."""
    shown = [
        f"«{NNBSP}{question}{NNBSP}» ({' '.join(reasons).rstrip('.')})"
        for question, reasons in articles[:_MISSPELT_SHOWN]
    ]
    if rest := len(articles) - len(shown):
        shown.append(count(rest, "autre article", "autres articles"))
    return " et ".join([", ".join(shown[:-1]), shown[-1]] if shown[1:] else shown)


_MISSPELT_SHOWN: Final = 3


# -- numbers -------------------------------------------------------------------------------------


def number(value: int) -> str:
    """Write a whole number: « 14 448 », « −3 »."""
    return _written(Decimal(int(value)))


def decimal(value: float, digits: int = 1) -> str:
    """Write a number with so many decimals, halves rounded away from zero: « 3,1 »."""
    return _written(_rounded(value, digits))


def percent(share: float | None) -> str:
    """Write a share: « 73 % »; « — » when unknown (None or NaN).

    Whole, halves up; but what is not nothing is never written 0 %, nor what is not all 100 %.
    """
    if share is None or math.isnan(share):
        return UNKNOWN
    return f"{_hundredths(share, _digits(share))}{NNBSP}%"


def interval(bounds: Interval) -> str:
    """Write an interval of shares: « entre 57 et 84 % »."""
    digits = _digits(bounds.low, bounds.high)
    low, high = _hundredths(bounds.low, digits), _hundredths(bounds.high, digits)
    return f"{low}{NNBSP}%" if low == high else f"entre {low} et {high}{NNBSP}%"


def points(change: Change) -> str:
    """Write a difference of shares: « +12 points, entre +3 et +21 »."""
    ends = change.interval.low, change.interval.high
    digits = _digits(*ends)
    moved, low, high = (_rounded(share * 100, digits) for share in (change.difference, *ends))
    unit = plural(moved, "point")
    return f"{_signed(moved)} {unit}, entre {_signed(low)} et {_signed(high)}"


def moved(change: Change) -> str:
    """Write a difference of shares without its interval: « +12 points »."""
    rounded = _rounded(change.difference * 100, _digits(change.difference))
    return f"{_signed(rounded)} {plural(rounded, 'point')}"


def plural(n: int | Decimal, singular: str, several: str | None = None) -> str:
    """Return the word that goes with n: plural from 2 on, as French counts (0 vote, 1,5 point)."""
    if -2 < n < 2:
        return singular
    return several or (singular if singular[-1] in "sxz" else f"{singular}s")


def count(n: int, singular: str, several: str | None = None) -> str:
    """Write so many things: « 0 vote », « 1 vote », « 2 000 votes »."""
    return f"{number(n)} {plural(n, singular, several)}"


def size(octets: int) -> str:
    """Write an amount of data: « 512 octets », « 1,5 Mo »."""
    for unit, length in (("Go", 10**9), ("Mo", 10**6), ("ko", 10**3)):
        if octets >= length:
            amount = octets / length
            digits = 0 if amount >= 10 or amount.is_integer() else 1
            return f"{decimal(amount, digits)}{NBSP}{unit}"
    return count(octets, "octet")


def _digits(*shares: float) -> int:
    """Decimals that tell these shares apart from each other, from nothing and from all: 0 to 2."""
    for digits in (0, 1):
        shown = [_rounded(share * 100, digits) for share in shares]
        edges = any(
            value in (0, 100, -100) and share not in (0, 1, -1)
            for value, share in zip(shown, shares, strict=True)
        )
        if not edges and len(set(shown)) == len(set(shares)):
            return digits
    return 2


def _hundredths(share: float, digits: int) -> str:
    if share in (0, 1):  # nothing and all need no decimals, whatever stands beside
        digits = 0
    value = _rounded(share * 100, digits)
    if value == 0 < share:  # beyond two decimals, stay inside the scale
        value = _rounded(share * 100, digits, ROUND_UP)
    elif value == 100 and share < 1:
        value = _rounded(share * 100, digits, ROUND_DOWN)
    return _written(value)


def _rounded(value: float, digits: int, rounding: str = ROUND_HALF_UP) -> Decimal:
    # Through twelve digits, so that 0.725 × 100, stored as 72.4999…, is the 72,5 people compute.
    return Decimal(f"{value:.12g}").quantize(Decimal(1).scaleb(-digits), rounding)


def _signed(value: Decimal) -> str:
    return ("+" if value > 0 else "") + _written(value)


def _written(value: Decimal) -> str:
    text = f"{value:,f}".translate({ord(","): NNBSP, ord("."): ",", ord("-"): MINUS})
    return text.removeprefix(MINUS) if value == 0 else text


# -- votes ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Figure:
    """How one share of helpful votes is shown, and what may stand around it.

    `text` is read first; `aside` stands behind it in grey; `dots` draws one dot a vote. Whatever is
    empty or False is absent from the page, not shown as zero.
    """

    text: str
    aside: str = ""
    dots: str = ""
    colour: bool = False
    rank: bool = False
    trend: bool = False
    sparkline: bool = False


@lru_cache(maxsize=16_384)  # as the interval within it
def usefulness(counts: Counts) -> Figure:
    """Decide what the *utilité* of a text shows, by its number of votes and nothing else.

    0 « Aucun vote » · 1–9 « 3 Oui, 1 Non », the share behind in grey · 10–29 « 70 % (7 sur 10),
    entre 40 et 89 % » · from 30 everything. A trend also needs ten votes in the other period, a
    sparkline five votes a point (`helpfulness.bucket`).
    """
    if counts.ratio is None or counts.interval is None:
        return Figure("Aucun vote")
    if counts.votes < MINIMUM_EVIDENCE:
        aside = f"{percent(counts.ratio)}, {interval(counts.interval)}"
        return Figure(_yes_and_no(counts), aside, dots(counts))
    share = f"{percent(counts.ratio)} ({number(counts.helpful)} sur {number(counts.votes)})"
    return Figure(
        share + _plausible(counts.ratio, counts.interval),
        colour=True,
        rank=True,
        trend=True,
        sparkline=counts.votes >= FULL_DISPLAY,
    )


@lru_cache(maxsize=16_384)
def split(counts: Counts) -> str:
    """Say what the Non are about: « 6 Oui · 2 Non sur le texte · 3 Non hors texte »."""
    if not counts.votes:
        return "Aucun vote"
    about_text = counts.unhelpful - counts.off_text
    parts = [f"{number(counts.helpful)} Oui"]
    if about_text or not counts.off_text:
        parts.append(f"{number(about_text)} Non" + (" sur le texte" if about_text else ""))
    if counts.off_text:
        parts.append(f"{number(counts.off_text)} Non hors texte")
    return " · ".join(parts)


def dots(counts: Counts) -> str:
    """Draw one dot a vote, Oui first: « ●●●○ »; nothing from ten votes on, nobody counts dots."""
    if counts.votes >= MINIMUM_EVIDENCE:
        return ""
    return "●" * counts.helpful + "○" * counts.unhelpful


@lru_cache(maxsize=16_384)
def summary(period: str, counts: Counts) -> str:
    """One line to paste in a message: « Mars : 40 votes, 29 Oui (73 %, entre 57 et 84 %) »."""
    lead = f"{period}{NBSP}: "
    if counts.ratio is None or counts.interval is None:
        return f"{lead}aucun vote"
    if counts.votes < MINIMUM_EVIDENCE:
        return f"{lead}{count(counts.votes, 'vote')}, {_yes_and_no(counts)}"
    share = percent(counts.ratio) + _plausible(counts.ratio, counts.interval)
    return f"{lead}{count(counts.votes, 'vote')}, {number(counts.helpful)} Oui ({share})"


def _plausible(share: float, bounds: Interval) -> str:
    """What follows a share; nothing when no decimal of ours tells it from the share itself."""
    said = interval(bounds)
    return "" if said == percent(share) else f", {said}"


def headline(counts: Counts, period: str) -> str:
    """The first sentence of a dashboard: « 40 votes ce mois-ci : 29 Oui, 11 Non »."""
    if not counts.votes:
        return f"Aucun vote {period}"
    return f"{count(counts.votes, 'vote')} {period}{NBSP}: {_yes_and_no(counts)}"


def unhappy_readers(per_week: float | None) -> str | None:
    """Write a reader cost: « au moins 12 lecteurs par semaine ».

    None when unknown or under one reader: nobody is a third of a reader.
    """
    if per_week is None or per_week < 1:
        return None
    return f"au moins {count(math.floor(per_week), 'lecteur')} par semaine"


def pace(per_week: float | None) -> str | None:
    """Write how fast corrections go: « environ 6 par semaine », « environ 2 par mois »; None unknown.

    By month under one a week, and None under one a month: nobody corrects a third of an article.
    """
    if per_week is None:
        return None
    if round(per_week) >= 1:
        return f"environ {number(round(per_week))} par semaine"
    per_month = round(per_week * Bucket.MONTH.days / 7)
    return f"environ {number(per_month)} par mois" if per_month >= 1 else None


def waited(days: float) -> str:
    """Write how long something took, in whole days: « 6 jours »; « — » when unknown (NaN)."""
    if math.isnan(days):
        return UNKNOWN
    return "moins d’un jour" if days < 1 else count(round(days), "jour")


def part(some: int, every: int, share: float | None = None) -> str:
    """Write a part with what it is a part of: « 5 sur 9 (56 %) »; « — » of nothing."""
    if not every:
        return UNKNOWN
    said = f"{number(some)} sur {number(every)}"
    return said if share is None else f"{said} ({percent(share)})"


def followed(figures: Mapping[Any, Any]) -> list[str]:
    """Say what became of corrections, one sentence a line, each with its n.

    `figures`: a row of `followup.summed`.
    """
    published = count(figures["corrections"], "correction publiée", "corrections publiées")
    half = ""
    if not math.isnan(figures["days"]):
        at_most = "" if figures["days"] < 1 else " au plus"
        half = f", la moitié {waited(figures['days'])}{at_most} après le premier signalement"
    lines = [f"{published}{half}."]
    ended = figures["ended"]
    if ended:
        endings = [
            count(figures["improved"], "amélioration constatée", "améliorations constatées"),
            count(figures["reopened"], "revenue à corriger", "revenues à corriger"),
            count(figures["unmeasured"], "close sans mesure", "closes sans mesure"),
        ]
        shares = (
            share_of_corrections(figures[name], ended)
            for name in ("improved", "reopened", "unmeasured")
        )
        said = (
            f"{each}{'' if share is None else f' ({percent(share)})'}"
            for each, share in zip(endings, shares, strict=True)
        )
        lines.append(
            f"{count(ended, 'observation finie', 'observations finies')}{NBSP}: {', '.join(said)}."
        )
    if figures["observing"]:
        lines.append(f"{count(figures['observing'], 'correction')} encore en observation.")
    if figures["remarks"]:
        received = count(figures["remarks"], "remarque reçue", "remarques reçues")
        lines.append(f"{received}, {_answered(figures['answered'], figures['remarks'])}.")
    return lines


def _answered(answered: int, remarks: int) -> str:
    if not answered:
        return "sans version qui y réponde encore"
    if answered == remarks:
        return "et une version y répond"
    return f"et une version répond à {number(answered)} d’entre elles"


def constat(counts: Counts, objective: float, verdict: Verdict) -> str:
    """Name a verdict; *Indécis* with the side on which the interval is already, if it is."""
    side = _leans(counts, objective, verdict)
    return f"{label(verdict)}, {side.lower()} à ce jour" if side else label(verdict)


def coverage(judged: int, articles: int) -> str:
    """Say how many articles can be judged: « 12 articles sur 200 ont assez de votes »."""
    enough = plural(judged, "a assez de votes", "ont assez de votes")
    return f"{count(judged, 'article')} sur {number(articles)} {enough}"


def changes(added: int, modified: int, withdrawn: int) -> str:
    """Say what a delivery changes: « 1 ajouté · 2 modifiés · 1 retiré »; « aucun changement »."""
    counted = ((added, "ajouté"), (modified, "modifié"), (withdrawn, "retiré"))
    return " · ".join(count(n, word) for n, word in counted if n) or "aucun changement"


def leaning(counts: Counts, objective: float, verdict: Verdict) -> str | None:
    """Say why a text whose interval is wholly on one side of its objective is still *Indécis*.

    None where the interval says what the verdict says.
    """
    side, shown = _leans(counts, objective, verdict), wilson(counts.helpful, counts.evidence)
    if side is None or shown is None:
        return None
    return (
        f"{side} à ce jour, {interval(shown)} sur le texte, mais pas encore prouvé{NBSP}: "
        "quelques votes de plus le diront."
    )


def _leans(counts: Counts, objective: float, verdict: Verdict) -> str | None:
    """The side of its objective on which the interval of an undecided text wholly is."""
    shown = wilson(counts.helpful, counts.evidence)
    if verdict is not Verdict.UNDECIDED or shown is None or objective in shown:
        return None
    return "Sous l’objectif" if shown.high < objective else "Au-dessus de l’objectif"


def outlook(prospect: Prospect) -> str:
    """Say what is still needed to conclude on a correction, or that it will never be known."""
    if prospect.never:
        return "Ce volume ne permettra pas de conclure."
    if prospect.missing == 0:
        return "Il y a assez de votes pour conclure."
    lacking = f"Il manque {count(math.ceil(prospect.missing), 'vote')} pour conclure"
    if prospect.weeks is None:
        return f"{lacking}."
    weeks = count(math.ceil(prospect.weeks), "semaine")
    return f"{lacking}, soit environ {weeks} au rythme actuel."


def _yes_and_no(counts: Counts) -> str:
    return f"{number(counts.helpful)} Oui, {number(counts.unhelpful)} Non"


# -- dates ---------------------------------------------------------------------------------------

MONTHS: Final = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
SHORT_MONTHS: Final = (
    "janv.", "févr.", "mars", "avr.", "mai", "juin",
    "juil.", "août", "sept.", "oct.", "nov.", "déc.",
)  # fmt: skip
DAYS: Final = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
SHORT_DAYS: Final = ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim.")


def date(day: dt.date) -> str:
    """Write a day: « 1er mars 2026 ». An instant is shown on its day in Paris."""
    day = _civil(day)
    return f"{'1er' if day.day == 1 else day.day} {month(day)}"


def short_date(day: dt.date) -> str:
    """Write a day for a column: « 01/03/2026 »."""
    return f"{_civil(day):%d/%m/%Y}"


def days(first: dt.date, last: dt.date) -> str:
    """Write a stretch of days: « du 30 mars au 5 avril 2026 », « du 16 au 22 novembre 2026 »."""
    begun = date(first)
    if first.year == last.year:
        begun = begun.removesuffix(f" {last.year}")
        if first.month == last.month:
            begun = begun.partition(" ")[0]
    return f"du {begun} au {date(last)}"


def month(day: dt.date) -> str:
    """Write the month of a day: « mars 2026 »."""
    day = _civil(day)
    return f"{MONTHS[day.month - 1]} {day.year}"


def datetime(moment: dt.datetime) -> str:
    """Write an instant on the clock of Paris: « 1er mars 2026 à 14 h 05 »."""
    return f"{date(_local(moment))} à {clock(moment)}"


def clock(moment: dt.datetime) -> str:
    """Write the time of an instant on the clock of Paris: « 14 h 05 »."""
    local = _local(moment)
    return f"{local.hour}{NBSP}h{NBSP}{local.minute:02}"


def ago(moment: dt.datetime, now: dt.datetime) -> str:
    """Say how far an instant is: « il y a 3 jours », « hier », « dans 2 heures »."""
    seconds = (now - moment).total_seconds()
    days = abs((_civil(now) - _civil(moment)).days)
    if abs(seconds) < 60:
        return "à l’instant"
    if abs(seconds) >= 86_400 and days == 1:
        return "hier" if seconds > 0 else "demain"
    return f"{'il y a' if seconds > 0 else 'dans'} {_lapse(abs(seconds), days)}"


def due(day: dt.date, today: dt.date) -> str:
    """Say when something is due: « pour le 3 mars 2026 », « en retard de 2 jours »."""
    late = (today - day).days
    if late > 0:
        return f"en retard de {count(late, 'jour')}"
    return "pour aujourd’hui" if late == 0 else f"pour le {date(day)}"


def duration(seconds: float) -> str:
    """Write how long to wait, rounded up: « 45 secondes », « 3 minutes », « 2 heures »."""
    for unit, length, most in (("seconde", 1, 59), ("minute", 60, 59), ("heure", 3600, 47)):
        amount = math.ceil(seconds / length)
        if amount <= most:
            return count(amount, unit)
    return count(math.ceil(seconds / 86_400), "jour")


def _lapse(seconds: float, days: int) -> str:
    if seconds < 3600:
        return count(int(seconds // 60), "minute")
    if seconds < 86_400:
        return count(int(seconds // 3600), "heure")
    if days < 31:
        return count(days, "jour")
    if days < 365:
        return count(int(days / 30.44) or 1, "mois")
    return count(days // 365, "an")


def _local(moment: dt.datetime) -> dt.datetime:
    if moment.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return moment.astimezone(PARIS)


def _civil(day: dt.date) -> dt.date:
    return _local(day).date() if isinstance(day, dt.datetime) else day


# -- charts --------------------------------------------------------------------------------------
# d3's locale objects, for `config.locale` of a chart; without them its axes speak English.

VEGA_NUMBER: Final[Mapping[str, object]] = {
    "decimal": ",",
    "thousands": NNBSP,
    "grouping": [3],
    "currency": ["", f"{NBSP}€"],
    "percent": f"{NNBSP}%",
    "minus": MINUS,
}
VEGA_TIME: Final[Mapping[str, object]] = {
    "dateTime": "%A %e %B %Y à %X",
    "date": "%d/%m/%Y",
    "time": "%H:%M:%S",
    "periods": ["AM", "PM"],
    "days": [DAYS[-1], *DAYS[:-1]],  # d3 starts on Sunday
    "shortDays": [SHORT_DAYS[-1], *SHORT_DAYS[:-1]],
    "months": list(MONTHS),
    "shortMonths": list(SHORT_MONTHS),
}
