"""The tables in which a job's review is kept."""

from sqlalchemy import Column, Integer, MetaData, String, Table, Text, UniqueConstraint

VERSION = 1
"""Of these tables. Another one is refused."""

metadata = MetaData()

about = Table(
    "about",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("cell", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("verdict", Text),
    Column("who", Text, nullable=False),
    Column("at", String(40), nullable=False),
    Column("note", Text, nullable=False),
    # Two persons that decide about one cell at once both write event n: the database takes one.
    UniqueConstraint("cell", "number"),
)

signatures = Table(
    "signatures",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("record", Text, nullable=False),
    Column("digest", String(64), nullable=False),
)
