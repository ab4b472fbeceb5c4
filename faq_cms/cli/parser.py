"""The words of the command line: commands, options, and argparse's own sentences in French."""

import argparse
from collections.abc import Sequence
from typing import Final, NoReturn

PROGRAM: Final = "python -m faq_cms"

# argparse's messages, by the template it looks up; one it does not find here stays English.
_FRENCH: Final = {
    "usage: ": "usage\u00a0: ",
    "positional arguments": "arguments",
    "options": "options",
    "subcommands": "commandes",
    "show this help message and exit": "affiche cette aide",
    "the following arguments are required: %s": "il manque\u00a0: %s",
    "unrecognized arguments: %s": "argument inconnu\u00a0: %s",
    "expected one argument": "une valeur est attendue",
    "expected at least one argument": "une valeur au moins est attendue",
    "invalid choice: %(value)r (choose from %(choices)s)": "%(value)r n’existe pas (choix\u00a0: %(choices)s)",
    "invalid %(type)s value: %(value)r": "%(value)r n’est pas un nombre entier",
    "not allowed with argument %s": "incompatible avec %s",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s\u00a0: %(message)s",
    "ignored explicit argument %r": "aucune valeur n’est attendue (%r)",
    "one of the arguments %s is required": "l’un de ces arguments est nécessaire\u00a0: %s",
}
vars(argparse)["_"] = lambda message: _FRENCH.get(message, message)  # its only door to translation


class _Parser(argparse.ArgumentParser):
    """Refuses with one line and the way to the help, like every other refusal."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"Commande refusée\u00a0: {message}. Aide\u00a0: {self.prog} --help\n")


def arguments_of(words: Sequence[str]) -> argparse.Namespace:
    """What was asked for; `run` names the function that does it. Exits on --help and on a mistake."""
    return _parser().parse_args(words)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog=PROGRAM,
        description="Gérer une FAQ qui apprend lesquelles de ses réponses aident.",
        epilog="Réglages\u00a0: variables d’environnement FAQ_… ; leur liste est dans README.md.",
    )
    commands = parser.add_subparsers(
        title="commandes", metavar="COMMANDE", required=True, parser_class=_Parser
    )
    _serving(commands)
    _content(commands)
    _pushing(commands)
    _figures(commands)
    _upkeep(commands)
    _people(commands)
    return parser


Commands = argparse._SubParsersAction  # noqa: SLF001 — argparse gives it no public name


def _command(commands: "Commands[_Parser]", name: str, run: str, what: str) -> _Parser:
    command = commands.add_parser(name, help=what, description=f"{what[0].upper()}{what[1:]}.")
    command.set_defaults(run=run)
    return command


def _serving(commands: "Commands[_Parser]") -> None:
    serve = _command(commands, "serve", "serving:serve", "sert la FAQ et son application")
    serve.add_argument("--host", help="adresse d’écoute (127.0.0.1, ou FAQ_HOST)")
    serve.add_argument("--port", type=int, help="port d’écoute (8501, ou FAQ_PORT)")
    demo = _command(
        commands,
        "demo",
        "serving:demo",
        "remplit une base à part (var/demo.db) de données de démonstration, puis la sert",
    )
    demo.add_argument("--port", type=int, help="port d’écoute (8501, ou FAQ_PORT)")
    demo.add_argument("--fill-only", action="store_true", help="remplit la base sans la servir")
    _command(commands, "migrate", "upkeep:migrate", "met le schéma de la base à jour")


def _content(commands: "Commands[_Parser]") -> None:
    imported = _command(commands, "import", "content:import_documents", "importe des documents FAQ")
    imported.add_argument(
        "paths", nargs="+", metavar="FICHIER", help="documents, dossiers, ou zip de documents"
    )
    imported.add_argument("--format", default="auto", help="format du document (auto)")
    imported.add_argument("--category", metavar="C", help="catégorie des articles créés")
    imported.add_argument(
        "--publish",
        action="store_true",
        help="publie ce qui est créé au lieu d’en faire un brouillon",
    )
    imported.add_argument("--dry-run", action="store_true", help="montre, sans rien écrire")
    imported.add_argument("--json", action="store_true", help="résultat pour une machine")
    undone = _command(commands, "import-undo", "content:undo_import", "annule tout un import")
    undone.add_argument("number", type=int, metavar="N", help="numéro que l’import a donné")
    undone.add_argument("--dry-run", action="store_true", help="montre, sans rien écrire")

    votes = _command(
        commands, "import-votes", "content:import_votes", "importe des votes datés, ou des totaux"
    )
    votes.add_argument("path", metavar="FICHIER", help="CSV séparé par « ; » ou « , »")
    votes.add_argument(
        "--skip-unknown", action="store_true", help="laisse de côté les articles inconnus"
    )
    votes.add_argument("--dry-run", action="store_true", help="montre, sans rien écrire")
    votes.add_argument("--json", action="store_true", help="résultat pour une machine")

    exported = _command(
        commands, "export", "content:export", "écrit les articles publiés pour un canal"
    )
    exported.add_argument("channel", nargs="?", metavar="CANAL", help="voir --list")
    exported.add_argument("--output", metavar="FICHIER", help="fichier à écrire")
    exported.add_argument("--list", action="store_true", help="liste les canaux")
    exported.add_argument(
        "--category", metavar="C", help="seulement cette catégorie (nom ou adresse)"
    )
    exported.add_argument(
        "--tag", metavar="M", help="seulement les articles qui portent ce mot-clé"
    )
    exported.add_argument(
        "--since", metavar="DATE", help="seulement ce qui a changé depuis (2026-03-31 ou ISO 8601)"
    )
    exported.add_argument(
        "--without-below",
        action="store_true",
        help="sans les articles sous l’objectif ; ceux qui ont trop peu de votes restent",
    )
    exported.add_argument(
        "--typography",
        choices=TYPOGRAPHY,
        default="as-is",
        help="typographie fautive : laisser (as-is), corriger (fix), refuser l’export (refuse)",
    )
    exported.add_argument(
        "--spaces",
        choices=SPACES,
        default="narrow",
        help="espaces : fines insécables (narrow), insécables (no-break), ordinaires (plain)",
    )
    exported.add_argument(
        "--allow-empty",
        action="store_true",
        help="accepte de remplacer un export rempli par un export vide",
    )


def _pushing(commands: "Commands[_Parser]") -> None:
    push = _command(
        commands, "push", "pushing:push", "écrit les articles publiés dans un outil d’assistance"
    )
    push.add_argument("channel", metavar="CANAL", help="freshdesk ou zendesk")
    push.add_argument("--dry-run", action="store_true", help="montre, sans rien écrire")
    push.add_argument(
        "--overwrite",
        action="store_true",
        help="écrase aussi ce qui a été modifié ou supprimé là-bas",
    )
    push.add_argument("--json", action="store_true", help="résultat pour une machine")


def _figures(commands: "Commands[_Parser]") -> None:
    stats = _command(commands, "stats", "figures:stats", "utilité de chaque article publié")
    stats.add_argument("--json", action="store_true", help="résultat pour une machine")
    stats.add_argument("--days", type=int, metavar="N", help="seulement les N derniers jours")
    review = _command(
        commands, "review", "figures:review", "recalcule les signalements de tous les articles"
    )
    review.add_argument("--json", action="store_true", help="résultat pour une machine")


def _upkeep(commands: "Commands[_Parser]") -> None:
    _command(commands, "check", "upkeep:check", "vérifie la base, les réglages et le contenu")
    backup = _command(commands, "backup", "upkeep:backup", "écrit une sauvegarde vérifiée")
    backup.add_argument("path", metavar="FICHIER")
    restore = _command(
        commands,
        "restore",
        "upkeep:restore",
        "remplace la base par une sauvegarde (serveur arrêté)",
    )
    restore.add_argument("path", metavar="FICHIER")
    _command(commands, "duties", "upkeep:duties", "fait ce que l’horloge demande, une fois chacun")


def _people(commands: "Commands[_Parser]") -> None:
    user = commands.add_parser(
        "user", help="comptes\u00a0: list, invite, link, role, disable, enable"
    )
    actions = user.add_subparsers(metavar="ACTION", required=True, parser_class=_Parser)
    _command(actions, "list", "accounts:list_people", "liste les comptes")
    invite = _command(actions, "invite", "accounts:invite", "donne un lien d’invitation")
    invite.add_argument("--role", default="editor", choices=ROLES, help="rôle donné (editor)")
    link = _command(actions, "link", "accounts:link", "donne un lien de nouvel accès")
    link.add_argument("name", metavar="NOM")
    role = _command(actions, "role", "accounts:change_role", "change le rôle d’une personne")
    role.add_argument("name", metavar="NOM")
    role.add_argument("role", choices=ROLES)
    for action, what in (("disable", "ferme un compte"), ("enable", "rouvre un compte")):
        command = _command(actions, action, f"accounts:{action}", what)
        command.add_argument("name", metavar="NOM")

    token = commands.add_parser("token", help="accès machine\u00a0: create, list, revoke")
    actions = token.add_subparsers(metavar="ACTION", required=True, parser_class=_Parser)
    create = _command(actions, "create", "accounts:create_token", "crée un accès machine")
    create.add_argument("name", metavar="NOM")
    create.add_argument("--scope", default="export", help="droit donné\u00a0: export ou metrics")
    create.add_argument("--days", type=int, default=90, help="durée en jours (90)")
    _command(actions, "list", "accounts:list_tokens", "liste les accès machine")
    revoke = _command(actions, "revoke", "accounts:revoke_token", "retire un accès machine")
    revoke.add_argument("id", type=int, metavar="NUMÉRO")


# Repeated from models.Role: importing it would load SQLAlchemy before `--help` (kept equal by a test).
TYPOGRAPHY: Final = ("as-is", "fix", "refuse")
SPACES: Final = ("narrow", "no-break", "plain")
ROLES: Final = ("viewer", "editor", "reviewer", "manager", "administrator")
