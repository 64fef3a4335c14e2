"""``tracker verify``."""

import json
import sys

import click
from flask_babel import gettext as _

from tracker import i18n
from tracker.accounts.policy import Permission
from tracker.audit.queries import Disagreement
from tracker.cli.door import command, prepared_books, settings
from tracker.reports.queries.verification import Verification, verify
from tracker.values.actor import CONSOLE

DISAGREES = 1


@command(None, "verify", requires=Permission.VERIFY_BOOKS)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.pass_context
def verify_books(ctx: click.Context, as_json: bool) -> None:
    """Recount the books and name every row that does not agree; status 1 when one does not."""
    given = settings()
    with i18n.speaking(given), prepared_books(given).reading() as session:
        found = verify(session, CONSOLE, _tell)
        if as_json:
            click.echo(json.dumps(found.as_data(), ensure_ascii=False, default=str))
        else:
            _say(found)
    ctx.exit(0 if found.clean else DISAGREES)


def _tell(check: str) -> None:
    """Progress, for a person who watches."""
    if sys.stderr.isatty():
        click.echo(f"{check} …", err=True)


def _say(found: Verification) -> None:
    for each in found.disagreements:
        click.echo(_line(each))
    if found.clean:
        click.echo(_("The books agree: %(rows)s rows recounted.", rows=sum(found.checked.values())))
    else:
        click.echo(_("Disagreements: %(count)s.", count=len(found.disagreements)))


def _line(each: Disagreement) -> str:
    place = f"{each.table} {each.id}: {each.problem}"
    if each.column is None:
        return place
    facts = {"expected": each.expected, "found": each.found}
    return f"{place}, {each.column}: {_('expected %(expected)s, found %(found)s', **facts)}"
