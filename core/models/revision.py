"""How much the site has changed: what a kept page is valid for. Moved by the database itself (`core.triggers`)."""

from __future__ import annotations

from django.db import InterfaceError, OperationalError, connection, models

SUM = "SELECT COALESCE(SUM(steps), 0) FROM core_revision"
#: Steps are random, so that the sum tells which changes it holds and not only how many.
STEP = {
    # One writer at a time anyway: one row.
    "sqlite": """INSERT INTO core_revision (id, steps) VALUES (1, 1 + abs(random() % 2147483647))
        ON CONFLICT (id) DO UPDATE SET steps = steps + excluded.steps""",
    # A row of its own for each change, so that no writer waits for another.
    "postgresql": "INSERT INTO core_revision (steps) VALUES (1 + floor(random() * 2147483647)::bigint)",
}


class Revision(models.Model):
    """Rows that every change adds to, in its transaction; the revision of the site is the sum of `steps`.

    A counter in one row would make every writer wait for every other on PostgreSQL, and could deadlock. Here a transaction adds
    its own row, which others see when it commits: the sum that a reader sees tells exactly which changes it sees. Rows are added
    up now and then, which keeps the sum.
    """

    steps = models.PositiveBigIntegerField(default=1)

    class Meta:
        verbose_name = "revision"
        verbose_name_plural = "revisions"

    def __str__(self) -> str:
        return str(self.steps)


def current() -> int:
    """The revision that this connection sees now. One query over at most some hundred rows.

    It is the first query of a request, so it stands for the question whether the connection still lives: where it does not, it
    is opened anew, once.
    """
    if connection.connection is None or connection.in_atomic_block:
        return read_sum()
    connection.health_check_done = True
    try:
        return read_sum()
    except (OperationalError, InterfaceError):
        connection.close()
        return read_sum()


def read_sum() -> int:
    with connection.cursor() as cursor:
        cursor.execute(SUM)
        return int(cursor.fetchone()[0])


def bump() -> None:
    """Something that a public page may show has changed, and no table of ours: the definition of the triggers, say."""
    with connection.cursor() as cursor:
        cursor.execute(STEP[connection.vendor])
