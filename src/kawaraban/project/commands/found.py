"""The command that begins a newspaper."""

from __future__ import annotations

import re
import sys

import click

from kawaraban.project.env import read_environment

_SECTION = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*)=(.+)")


@click.command()
@click.option("--language", type=click.Choice(["ja", "ko", "en"]), default="ja", show_default=True, help="Of this edition.")
@click.option("--name", required=True, help="The nameplate.")
@click.option("--section", "sections", multiple=True, metavar="SLUG=NAME", help="A section; may be given several times.")
@click.option("--chief", help="Make an account with this name in the group of chiefs.")
def found(language: str, name: str, sections: tuple[str, ...], chief: str | None) -> None:
    """Begin a newspaper, or another edition of it: front page, sections, roles, the chief's account.

    What stands already is left as it is. The chief's password is asked for, or read from standard input.
    """
    pairs = [_SECTION.fullmatch(section) for section in sections]
    for section, pair in zip(sections, pairs, strict=True):
        if pair is None:
            raise click.UsageError(f"--section is {section!r}: write an ASCII address and a name, such as politics=政治.")
    password = _password_of(chief) if chief else ""
    read_environment().make_directories()
    from kawaraban.project.django import migrate, start_django

    start_django()
    migrate()
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from kawaraban.newsroom.actions.found_newspaper import EditionDraft, found_newspaper
    from kawaraban.newsroom.actions.register_names import begin_registry
    from kawaraban.newsroom.actions.set_up_roles import CHIEFS, group_of
    from kawaraban.newsroom.models import User
    from kawaraban.press.actions import ask_to_print_everything

    if chief:
        if User.objects.filter(username=chief).exists():
            raise click.ClickException(f"there is an account {chief!r} already: leave --chief out")
        try:
            validate_password(password)
        except ValidationError as error:
            raise click.ClickException(" ".join(error.messages)) from error
    found_newspaper(
        editions=[EditionDraft(language=language, nameplate=name, sections=[(pair[1], pair[2]) for pair in pairs if pair])]  # type: ignore[arg-type]
    )
    begin_registry()
    if chief:
        user = User.objects.create_user(chief, password=password)
        user.groups.add(group_of(CHIEFS))
    ask_to_print_everything()
    click.echo(f"{name} stands. Run 'kawaraban serve', and log in to the newsroom.")


def _password_of(chief: str) -> str:
    """Ask for a password, twice, for nobody sees what they type; a program says it in one line."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt(f"Password for {chief}", hide_input=True, confirmation_prompt=True))
