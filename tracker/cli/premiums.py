"""``tracker premium``."""

import json
from pathlib import Path
from typing import Any

import click

from tracker.accounts.policy import Permission
from tracker.catalogue.service import shipped_categories
from tracker.cli.door import UNUSABLE, command, settings
from tracker.premiums.rules.quote import error_document, quote
from tracker.premiums.rules.scheme import Malformed


@click.group("premium")
def group() -> None:
    """Premiums."""


@command(group, "quote", requires=Permission.QUOTE_PREMIUMS)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.pass_context
def quote_file(ctx: click.Context, file: Path, as_json: bool) -> None:
    """What the schemes of FILE owe for its cases, without touching the database."""
    categories = frozenset(category.code for category in shipped_categories())
    try:
        answer = quote(_text(file), categories, settings().timezone)
    except Malformed as error:
        _say_malformed(error, as_json)
        ctx.exit(UNUSABLE)
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        _print_table(answer["cases"])


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Malformed("json_invalid", "", detail=str(error)) from error


def _say_malformed(error: Malformed, as_json: bool) -> None:
    document = error_document(error)
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False))
    else:
        scheme = f"{error.scheme}: " if error.scheme else ""
        click.echo(f"{scheme}{document['error']['message']}", err=True)


def _print_table(cases: list[dict[str, Any]]) -> None:
    widest = max((len(case["id"]) for case in cases), default=0)
    for case in cases:
        click.echo(f"{case['id']:<{widest}}  {case['premium_xof']:>12} F")
