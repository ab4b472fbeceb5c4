"""What a person should know about a document before importing it, whatever its format.

A reader reports what only it can see (a missing mark, the widget's words); what can be seen in
any entry is found here, once.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from faq_cms import french
from faq_cms.categories import NAME_MAX
from faq_cms.imports import html_text
from faq_cms.imports.document import Document, Entry, Finding, key
from faq_cms.quality import MASKED_ADDRESS

RESTRICTED: Final = "restricted"
NO_QUESTION: Final = "no_question"
_SHOWN = 120  # characters of what a finding quotes


def masked_addresses(text: str, line: int) -> Iterator[Finding]:
    """One finding per masked address of `text`, which starts on `line` of the document."""
    counted_to = 0
    for found in MASKED_ADDRESS.finditer(text):
        line += text.count("\n", counted_to, found.start())
        counted_to = found.start()
        yield Finding(
            "masked_address",
            "Une adresse électronique est masquée dans le document\u00a0:"
            " remettez l’adresse véritable.",
            line,
        )


def missing_answer_mark(line: int) -> Finding:
    """The answer that starts on `line` follows its question without a mark."""
    return Finding(
        "missing_answer_mark",
        "La réponse n’est pas annoncée par «\u202fR\u00a0:\u202f»\u00a0:"
        " vérifiez où finit la question.",
        line,
    )


def empty_answer(line: int) -> Finding:
    """The question on `line` has no answer."""
    return Finding(
        "empty_answer", "Cette question n’a pas de réponse\u00a0: elle ne sera pas importée.", line
    )


def empty_question(line: int) -> Finding:
    """The mark on `line` announces a question that is not there."""
    return Finding("empty_question", "Une question est annoncée ici, mais son texte manque.", line)


def duplicate(line: int, first: int) -> Finding:
    """The question on `line` was already asked on line `first`."""
    return Finding(
        "duplicate",
        f"Cette question figure déjà à la ligne\u00a0{first}\u00a0:"
        " seule la première sera importée.",
        line,
    )


def widget_text(line: int) -> Finding:
    """The words of a feedback widget, from `line` on, were copied with the page."""
    return Finding(
        "widget_text",
        "Les phrases «\u202fCet article a-t-il été utile\u202f?\u202f» et la suite viennent du"
        " bouton d’avis, pas d’une réponse\u00a0: elles sont laissées de côté.",
        line,
    )


def ignored_text(line: int) -> Finding:
    """The text that starts on `line` belongs to no question."""
    return Finding(
        "ignored_text",
        "Ce passage ne se rattache à aucune question\u00a0: il est laissé de côté.",
        line,
    )


def table_of_contents(line: int) -> Finding:
    """Questions listed from `line` on, without answers, are answered further down."""
    return Finding(
        "table_of_contents",
        "Des questions sont annoncées ici sans réponse, puis reprises plus bas :"
        " cette table des matières est laissée de côté.",
        line,
    )


def doubtful_encoding() -> Finding:
    """Part of the document had to be guessed."""
    return Finding(
        "doubtful_encoding",
        "Certains caractères sont mal codés dans le document\u00a0:"
        " vérifiez les accents, ou enregistrez-le en UTF-8.",
        1,
    )


def likely_duplicate(line: int, other: str) -> Finding:
    """The question on `line` asks almost what an article here asks."""
    return Finding(
        "likely_duplicate",
        f"Un article pose presque la même question\u00a0: «\u202f{other}\u202f».",
        line,
    )


def no_question(name: str) -> Finding:
    """A file, among others, in which there is no question."""
    return Finding(NO_QUESTION, f"{name}\u00a0: aucune question trouvée dans ce fichier.", 1)


def articles_elsewhere(count: int) -> Finding:
    """So many articles are in other languages than French."""
    return Finding(
        "other_language",
        f"{french.count(count, 'article')} dans une autre langue\u00a0: "
        + ("il est laissé de côté." if count == 1 else "ils sont laissés de côté."),
        1,
    )


def untitled(line: int) -> Finding:
    """The article of this rank has no title."""
    return Finding(
        "untitled", "Un article n’a pas de titre dans l’export\u00a0: il est laissé de côté.", line
    )


def restricted(line: int) -> Finding:
    """Only some people could read the article of this rank in its system."""
    return Finding(
        RESTRICTED,
        "Cet article n’était pas ouvert à tous dans son outil\u00a0: il reste un brouillon ici.",
        line,
    )


def versions_left(count: int, line: int) -> Finding:
    """The article of this rank has so many other versions, never said to have been published."""
    untold = "si les lecteurs l’ont eue" if count == 1 else "lesquelles les lecteurs ont eues"
    return Finding(
        "versions_left",
        f"L’export donne {french.count(count, 'autre version', 'autres versions')} de cet article sans "
        f"dire {untold}, ni quand\u00a0: son historique n’est pas repris.",
        line,
    )


def follow_up(line: int) -> Finding:
    """The answer on `line` was only given after another one."""
    return Finding(
        "follow_up",
        "Cette réponse ne se donnait qu’à la suite d’une autre\u00a0: vérifiez qu’elle se comprend seule.",
        line,
    )


def variants_left(count: int, line: int) -> Finding:
    """The assistant had so many other ways to give this answer."""
    return Finding(
        "variants_left",
        f"L’assistant variait sa réponse\u00a0: la première est gardée, "
        f"{french.count(count, 'autre est laissée', 'autres sont laissées')} de côté.",
        line,
    )


def images(addresses: Sequence[str], line: int) -> Finding:
    """The answer of the question on `line` shows images: they are listed, not fetched."""
    shown = ", ".join(addresses[:_IMAGES_SAID]) + (", …" if len(addresses) > _IMAGES_SAID else "")
    return Finding(
        "image",
        f"Cette réponse montre {french.count(len(addresses), 'image')}, qui ne sont pas"
        f" importées\u00a0: {shown}"
        if len(addresses) > 1
        else f"Cette réponse montre une image, qui n’est pas importée\u00a0: {shown}",
        line,
    )


_IMAGES_SAID: Final = 5


_HALVES: Final = re.compile("[\ud800-\udfff]")  # of a character: JSON can say one, UTF-8 cannot


def examined(document: Document) -> Document:
    """The document without its table of contents, each entry with what can be seen in any format."""
    listed = _listed(document.entries)
    kept = [entry for index, entry in enumerate(document.entries) if index not in listed]
    contents = [table_of_contents(document.entries[min(listed)].line)] if listed else []
    first_lines: dict[str, int] = {}
    return replace(
        document,
        entries=tuple(
            replace(
                entry,
                answer=_HALVES.sub("", entry.answer),
                warnings=(*entry.warnings, *_seen(entry, first_lines)),
                category=_short(entry.category),
                parent=_short(entry.parent),
            )
            for entry in kept
        ),
        warnings=(*contents, *document.warnings),
    )


def _short(name: str | None) -> str | None:
    """A category's name as it can be kept: a title may be a whole sentence."""
    return name if name is None or len(name) <= NAME_MAX else f"{name[: NAME_MAX - 1].rstrip()}…"


def _listed(entries: Sequence[Entry]) -> set[int]:
    """Places of questions that a table of contents lists: unanswered there, answered further down.

    The last one of a list seems answered by what follows the list.
    """
    keys = [key(entry) for entry in entries]
    last = {identity: index for index, identity in enumerate(keys) if entries[index].answer}
    listed = {i for i, entry in enumerate(entries) if not entry.answer and keys[i] in last}
    ends = {i for i in range(1, len(entries)) if i - 1 in listed and last.get(keys[i], i) > i}
    return listed | ends


def _seen(entry: Entry, first_lines: dict[str, int]) -> Iterator[Finding]:
    """Findings about one entry; `first_lines` remembers where each question was first asked."""
    if not entry.answer:
        yield empty_answer(entry.line)
    is_said = any(found.code == "image" for found in entry.warnings)
    if not is_said and (shown := html_text.images(entry.answer)):
        yield images(shown, entry.line)
    identity = key(entry)
    if identity in first_lines:
        yield duplicate(entry.line, first_lines[identity])
    else:
        first_lines[identity] = entry.line


def other_languages(line: int, languages: list[str]) -> Finding:
    """The document also holds other languages, which are left out."""
    return Finding(
        "other_language",
        "Le document est aussi dans une autre langue"
        f" ({', '.join(languages)})\u00a0: seul le français est importé.",
        line,
    )


def joined_wording(line: int, question: str) -> Finding:
    """The question on `line` has word for word the answer of another: it is one more wording."""
    return Finding(
        "joined_wording",
        f"«\u202f{question[:_SHOWN]}\u202f» a exactement la même réponse\u00a0:"
        " c’est une autre formulation de la même question.",
        line,
    )


def formula_without_value(line: int) -> Finding:
    """A formula whose value the workbook does not hold; nothing computes it here."""
    return Finding(
        "formula_without_value",
        "Une cellule est une formule dont le résultat n’est pas enregistré\u00a0:"
        " ouvrez le classeur, enregistrez-le, puis recommencez.",
        line,
    )


def text_box(line: int) -> Finding:
    """A text box stands outside the order of the text: it is left out."""
    return Finding(
        "text_box",
        "Une zone de texte flotte dans le document\u00a0: son contenu est laissé de côté.",
        line,
    )
