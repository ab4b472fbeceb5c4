"""Thousands of French articles from a seed, with votes: what a large installation holds.

Words are French ones with their forms, then a long tail made of French syllables, drawn as words
are in a language (the second half as often as the first). Rows are written in bulk, in the shapes
the chapters would have written one by one.
"""

import datetime as dt
import itertools
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from benchmarks import harness
from faq_cms import db, migrate, search, votes
from faq_cms.models import (
    Article,
    Category,
    Period,
    Significance,
    TallyDay,
    TallyVersion,
    Version,
)

SEED: Final = 20
ARTICLES: Final = 20_000  # of the library that the sections of a run share
WORDS: Final = 120  # of an answer
CATEGORIES: Final = 40
DAYS: Final = 5  # with votes, an article
_TAIL: Final = 6_000  # rare words
_NOUNS: Final = (
    "abonnement acompte adresse agence annulation assurance attestation avance avoir bailleur banque "
    "bénéficiaire bordereau budget calendrier caution chèque client code commande commission compte "
    "conditions connexion contrat contrôle conseiller cotisation courrier créance débit décision "
    "déclaration délai demande dépôt dette devis document domiciliation donnée dossier droit échéance "
    "écriture effet employeur entreprise envoi erreur espace étape évènement exercice expédition "
    "facture famille fichier fournisseur formulaire frais gestion garantie guichet historique identifiant "
    "impôt impayé incident indemnité interlocuteur intérêt justificatif lettre ligne livraison logement "
    "majoration mandat marché message mensualité modèle montant motif moyen mutuelle notification numéro "
    "objet offre opération ordre organisme paiement pénalité période personne pièce plafond portail poste "
    "prélèvement prestation procédure produit profil provision quittance réclamation recours reçu "
    "redevance référence règlement relance relevé remboursement remise renouvellement réponse réseau "
    "résiliation retard revenu salaire service seuil signature société solde somme suspension taux tarif "
    "taxe téléphone titre traitement transfert trésorerie usager valeur versement virement zone"
)
_VERBS: Final = (
    "accepter accorder acheter adresser afficher ajouter annuler appliquer autoriser calculer changer "
    "compléter confirmer consulter contacter contester corriger débiter déclarer demander déposer "
    "échelonner effectuer envoyer enregistrer expirer facturer imprimer indiquer justifier modifier "
    "notifier payer prélever présenter prolonger rectifier refuser régler regrouper rembourser remplacer "
    "renouveler résilier respecter signaler supprimer suspendre télécharger transmettre valider verser"
)
_SYLLABLES: Final = (
    "ba bri ca cha cla co dé dra fé flo ga gra ja lan lé li man mé mo na né pa plé pré qui ra ré sa sou "
    "ta tré tri va vé vi bou cou dou gne rou tou meu neu seu"
)
_ENDINGS: Final = ("tion", "ment", "age", "eur", "ité", "ance", "ier", "ique", "oir", "ette")
_LINKS: Final = (
    "le la les un une de du des à au en pour par sur dans avec sans et ou si que votre vos notre ce cette "
    "est sont peut doit sera vous nous il elle plus pas"
)
_OPENINGS: Final = ("Comment", "Pourquoi", "Quand", "Où", "Que faire pour", "Peut-on", "Qui doit")


@dataclass(frozen=True)
class Entry:
    """What an author would have written."""

    question: str
    answer: str


class Language:
    """French as far as an index can tell: frequent words, their forms, rare words."""

    def __init__(self, seed: int = SEED) -> None:
        """The same seed gives the same words in the same order."""
        self._chance = random.Random(seed)  # noqa: S311 — data to measure with, not a secret
        self._links = _LINKS.split()
        self.words = list(dict.fromkeys([*self._known(), *self._tail()]))
        self._weights = list(
            itertools.accumulate(1 / (rank + 3) ** 0.9 for rank in range(len(self.words)))
        )

    def entry(self) -> Entry:
        """The next article."""
        opening = self._chance.choice(_OPENINGS)
        question = f"{opening} {' '.join(self._drawn(5))}\u202f?"
        words, sentences, cut = self._drawn(2 * WORDS), list[str](), 0
        while cut < WORDS:
            end = cut + self._chance.randint(12, 28)
            sentences.append(" ".join(words[cut:end]).capitalize() + ".")
            cut = end
        half = len(sentences) // 2
        return Entry(question, " ".join(sentences[:half]) + "\n\n" + " ".join(sentences[half:]))

    def _drawn(self, length: int) -> list[str]:
        """Words that mean something, six in ten led by one that does not."""
        meaning = self._chance.choices(self.words, cum_weights=self._weights, k=length)
        leading = self._chance.choices(self._links, k=length)
        led = self._chance.choices((True, False), cum_weights=(6, 10), k=length)
        pairs = zip(leading, meaning, led, strict=True)
        both = ([link, word] if is_led else [word] for link, word, is_led in pairs)
        return list(itertools.islice(itertools.chain.from_iterable(both), length))

    def _known(self) -> list[str]:
        forms = [noun + mark for noun in _NOUNS.split() for mark in ("", "s")]
        forms += [
            verb.removesuffix("er") + ending if verb.endswith("er") else verb
            for verb in _VERBS.split()
            for ending in ("er", "é", "ée", "és", "ez", "e", "ent", "ant")
        ]
        self._chance.shuffle(forms)
        return forms

    def _tail(self) -> list[str]:
        return [
            "".join(self._chance.choices(_SYLLABLES.split(), k=self._chance.randint(2, 3)))
            + self._chance.choice(_ENDINGS)
            for _ in range(_TAIL)
        ]


@contextmanager
def library(folder: Path) -> Iterator[Path]:
    """The run's database of ARTICLES articles, in use for the length of the block; made once a run."""
    path = folder / "library.db"
    database = db.use(db.Database(f"sqlite:///{path}"))
    try:
        migrate.upgrade(database)
        with db.transaction() as session:
            if session.scalar(select(Article.id).limit(1)) is None:
                harness.say(f"writing {ARTICLES:,} articles")
                fill(session, ARTICLES, now=dt.datetime.now(dt.UTC))
        yield path
    finally:
        database.dispose()


def fill(session: Session, count: int, *, now: dt.datetime, seed: int = SEED) -> None:
    """Publish `count` articles with their tallies, into a database without any, and index them."""
    language, chance = Language(seed), random.Random(seed)  # noqa: S311 — as above
    ids = range(1, count + 1)
    _insert(
        session,
        Category,
        [
            {"id": n, "name": f"Thème {n}", "slug": f"theme-{n}", "position": n}
            for n in range(1, CATEGORIES + 1)
        ],
    )
    _insert(session, Article, [_article(n, now) for n in ids])
    _insert(
        session, Period, [{"id": n, "article_id": n, "number": 1, "opened_at": now} for n in ids]
    )
    _insert(session, Version, [_version(n, language.entry(), now) for n in ids])
    session.execute(update(Article).values(live_version_id=Article.id))
    days = [row for n in ids for row in _days(chance, n, votes.civil_day(now))]
    _insert(session, TallyDay, days)
    _insert(session, TallyVersion, _totals(days))
    harness.say("written; indexing")
    search.rebuild(session)


def _insert(session: Session, table: type[Any], rows: list[dict[str, Any]]) -> None:
    session.execute(insert(table.__table__), rows)  # no objects: rows only


def _article(number: int, now: dt.datetime) -> dict[str, Any]:
    return {
        "id": number,
        "uid": f"{number:032x}",
        "slug": f"article-{number}",
        "category_id": 1 + number % CATEGORIES,
        "created_at": now,
        "updated_at": now,
        "internal_note": "",
        "saves": 1,
    }


def _version(number: int, entry: Entry, now: dt.datetime) -> dict[str, Any]:
    return {
        "id": number,
        "article_id": number,
        "period_id": number,
        "number": 1,
        "question": entry.question,
        "answer": entry.answer,
        "wordings": [],
        "significance": Significance.MAJOR,
        "note": "",
        "author": "Rédaction",
        "created_at": now,
        "saved_at": now,
        "published_at": now,
        "revision": 1,
    }


def _days(chance: random.Random, number: int, today: dt.date) -> list[dict[str, Any]]:
    """Votes of an article: the first ones are read far more than the last."""
    busy = 2 + int(2_000 / number**0.9)
    rows = []
    for day in range(DAYS):
        helpful, unhelpful = chance.randint(0, busy), chance.randint(0, busy // 2)
        rows.append(
            {
                "day": today - dt.timedelta(days=day),
                "article_id": number,
                "version_id": number,
                "source": "aide",
                "helpful": helpful,
                "unhelpful": unhelpful,
                "off_text": unhelpful // 4,
                "set_aside": 0,
            }
        )
    return rows


def _totals(days: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = ("helpful", "unhelpful", "off_text", "set_aside")
    return [
        {"version_id": version_id, **{name: sum(row[name] for row in rows) for name in names}}
        for version_id, group in itertools.groupby(days, key=lambda row: row["version_id"])
        if (rows := list(group))
    ]
