"""`push`: the published articles, written straight into a help desk."""

import datetime as dt
import difflib
import json
from argparse import Namespace
from typing import Any, Final

from faq_cms import french, people, pushing
from faq_cms.cli import opening
from faq_cms.exports import Site
from faq_cms.pushing import Action, Doubt, Step

LEFT_ALONE: Final = 1
ACTIONS: Final = {
    Action.ADD: "Ajouté",
    Action.MODIFY: "Modifié",
    Action.WITHDRAW: "Retiré",
    Action.KNOW: "Déjà là, identique",
    Action.FORGET: "Déjà retiré là-bas",
}
DOUBTS: Final = {
    Doubt.EDITED: "modifié là-bas depuis notre dernier envoi",
    Doubt.THEIRS: "déjà là-bas, avec un autre texte",
    Doubt.DELETED: "supprimé là-bas",
}


def push(given: Namespace) -> int:
    """Bring a help desk to what is published; 1 when something edited there was left alone."""
    chosen = opening.installation()
    site = Site(name=chosen.site_name, base_url=chosen.public_url)
    with pushing.desk(given.channel, chosen) as desk:
        done, left = _compared(desk, site, given) if given.dry_run else _pushed(desk, site, given)
    host = desk.host
    if given.json:
        print(json.dumps(_as_json(host, done, left, given), ensure_ascii=False, indent=2))
    else:
        _tell(host, done, left, given)
    return LEFT_ALONE if left else 0


def _compared(
    desk: pushing.HelpDesk, site: Site, given: Namespace
) -> tuple[list[Step], list[Step]]:
    steps = pushing.compare(desk, site)
    done = [step for step in steps if given.overwrite or step.doubt is None]
    return done, [step for step in steps if step not in done]


def _pushed(desk: pushing.HelpDesk, site: Site, given: Namespace) -> tuple[list[Step], list[Step]]:
    report = pushing.push(
        desk,
        site,
        people.SYSTEM,
        overwrite=given.overwrite,
        clock=lambda: dt.datetime.now(dt.UTC),
    )
    return report.done, report.left


def _as_json(host: str, done: list[Step], left: list[Step], given: Namespace) -> dict[str, Any]:
    return {
        "channel": given.channel,
        "destination": host,
        "dry_run": given.dry_run,
        **{action.value: [_named(s) for s in done if s.action is action] for action in Action},
        "left": [_named(s) | {"doubt": s.doubt} for s in left],
    }


def _named(step: Step) -> dict[str, Any]:
    return {
        "id": step.article.uid if step.article else None,
        "remote_id": step.remote.id if step.remote else None,
        "question": step.question,
    }


def _tell(host: str, done: list[Step], left: list[Step], given: Namespace) -> None:
    for step in done:
        print(f"{ACTIONS[step.action]}\u00a0: {step.question}")
        if given.dry_run and step.action is Action.MODIFY:
            print(*_changed(step), sep="\n")
    for step in left:
        if step.doubt is not None:
            print(f"Laissé\u00a0: {step.question} — {DOUBTS[step.doubt]}")
    counts = {action: sum(step.action is action for step in done) for action in Action}
    changes = french.changes(counts[Action.ADD], counts[Action.MODIFY], counts[Action.WITHDRAW])
    lead = "Rien n’est écrit (--dry-run). " if given.dry_run else ""
    print(f"{lead}{host}\u00a0: {changes}.")
    if left:
        print("Ajoutez --overwrite pour écraser aussi les textes laissés.")


def _changed(step: Step) -> list[str]:
    """The lines that go and come, as people compare two texts in a terminal."""
    after = step.article.answer if step.article else ""
    lines = difflib.ndiff(step.before.splitlines(), after.splitlines())
    return [f"    {line}" for line in lines if line[0] in "+-" and line[2:].strip()]
