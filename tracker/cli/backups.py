"""``tracker backup`` and ``tracker restore``."""

from pathlib import Path

import click

from tracker import backups
from tracker.accounts.policy import Permission
from tracker.backups import BackupError
from tracker.cli.door import books, command, settings, unusable
from tracker.installation import NewerDatabaseError
from tracker.values.actor import CONSOLE

NOT_SEALED = 1
file_argument = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@command(None, "backup", requires=Permission.BACK_UP_BOOKS)
@file_argument
@click.pass_context
def backup(ctx: click.Context, file: Path) -> None:
    """Write the books and their key to FILE, a new one, while they are in use."""
    given = settings()
    with unusable(BackupError):
        sealed = backups.back_up(books(given), CONSOLE, given.secret_key, file)
    click.echo(f"The books are in {file}. Whoever has it has the names, the telephones and the key: keep it safe.")
    if not sealed:
        click.echo("But their journal does not verify with this key: run `tracker verify`.", err=True)
        ctx.exit(NOT_SEALED)


@command(None, "restore", requires=Permission.RESTORE_BOOKS)
@file_argument
@click.option("--force", is_flag=True, help="Replace what the database holds.")
def restore(file: Path, force: bool) -> None:
    """Check the backup in FILE, then put its books and its key in place. Stop `tracker serve` first."""
    given = settings()
    with unusable(BackupError, NewerDatabaseError):
        label = backups.restore(books(given), CONSOLE, given, file, force=force)
    click.echo(f"The books of {label.taken_at} are back. Recount them with `tracker verify`.")
