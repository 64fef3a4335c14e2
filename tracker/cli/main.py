"""``tracker``: the commands of docs/operations.md."""

import click

from tracker.cli import accounts, backups, database, demo, imports, premiums, reports, serve, verify


@click.group()
def main() -> None:
    """The depot's books, from the machine they are kept on."""


main.add_command(accounts.group)
main.add_command(backups.backup)
main.add_command(backups.restore)
main.add_command(database.group)
main.add_command(demo.demo)
main.add_command(imports.import_book)
main.add_command(premiums.group)
main.add_command(reports.group)
main.add_command(serve.serve)
main.add_command(verify.verify_books)
