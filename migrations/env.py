"""Runs the migrations on the connection that ``tracker.installation`` hands over.

Never imports the models: a migration says what it does, whatever the models have become since.
"""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    render_as_batch=connection.dialect.name == "sqlite",
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
