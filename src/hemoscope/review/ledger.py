"""`Ledger`: the decisions and signatures of one job, in a database to which is only ever added."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Engine, create_engine, event, insert, make_url, select
from sqlalchemy.exc import ArgumentError, DatabaseError, IntegrityError, NoSuchModuleError

from hemoscope.review.errors import ReviewError
from hemoscope.review.job import Job
from hemoscope.review.schema import VERSION, about, events, metadata, signatures
from hemoscope.review.verdicts import Event, Verdict, standing

FILE_NAME = "review.sqlite"
_WAIT = 10  # seconds that a writer waits for another one


class ConflictError(ReviewError):
    """Somebody else has decided about a cell, or signed, in the meantime.

    Attributes:
        event: The decision that came first, where it was one.
    """

    def __init__(self, message: str, event: Event | None = None) -> None:
        super().__init__(message)
        self.event = event


class Ledger:
    """Opened with `open`; several processes may have one job open. `close` it at the end."""

    def __init__(self, engine: Engine) -> None:
        """Not to be called; see `open`."""
        self._engine = engine

    @classmethod
    def open(cls, job: Job, url: str | None = None) -> Self:
        """The ledger of a job; an empty one where there was none.

        Args:
            job: Whose.
            url: Of the database, as SQLAlchemy has it; by default the file `review.sqlite` in
                the job's folder.

        Raises:
            ReviewError: The database cannot be opened, is of a later hemoscope, or of another job.
        """
        place = url or f"sqlite:///{job.folder / FILE_NAME}"
        try:
            engine = _engine(place)
            with engine.begin() as connection:
                metadata.create_all(connection)
                rows = connection.execute(select(about.c.key, about.c.value)).all()
                told = {row[0]: row[1] for row in rows}
                if not told:
                    said = {"version": str(VERSION), "job": job.digest}
                    kept = [{"key": key, "value": value} for key, value in said.items()]
                    connection.execute(insert(about), kept)
                    told = said
        except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
            raise ReviewError(
                f"{url} is no address of a database that can be reached ({error}). Write for "
                "instance sqlite:///review.sqlite."
            ) from error
        except DatabaseError as error:
            raise ReviewError(
                f"the database of the review, {_shown(place)}, cannot be used: {error.orig}. Is it "
                "a database of hemoscope review, and may you write there?"
            ) from error
        _check(told, job, _shown(place))
        return cls(engine)

    def close(self) -> None:
        """Lets go of the database."""
        self._engine.dispose()

    def events(self, after: int = 0) -> tuple[tuple[int, Event], ...]:
        """Every event whose place in the ledger is above `after`, with its place, in order.

        Raises:
            ReviewError: The database fails.
        """
        query = select(events).where(events.c.id > after).order_by(events.c.id)
        with self._reading() as connection:
            rows = connection.execute(query).mappings().all()
        return tuple((row["id"], _event(row)) for row in rows)

    def decide(
        self, decisions: Sequence[tuple[int, int, Verdict]], who: str, note: str = ""
    ) -> tuple[Event, ...]:
        """Writes decisions down, all or none; they are on disk when this returns.

        Args:
            decisions: For each cell its number, how many events of it the person has seen, and
                the verdict.
            who: The person.
            note: About the cell.

        Raises:
            ConflictError: Somebody has decided about one of the cells in the meantime.
            ReviewError: The database fails.
        """
        now = datetime.now(UTC)
        added = tuple(
            Event(cell, seen + 1, verdict, who, now, note) for cell, seen, verdict in decisions
        )
        rows = [{**vars(one), "at": one.at.isoformat()} for one in added]
        try:
            with self._writing() as connection:
                known = self._numbers(connection, [one.cell for one in added])
                for one in added:
                    if known.get(one.cell, 0) != one.number - 1:
                        raise _Taken(one.cell)
                connection.execute(insert(events), rows)
        except _Taken as taken:
            raise self._conflict(taken.cell) from None
        except IntegrityError:
            raise self._conflict(added[0].cell) from None
        return added

    def signed(self) -> tuple[tuple[str, str], ...]:
        """(record, digest) of every signature, the first version first.

        Raises:
            ReviewError: The database fails.
        """
        query = select(signatures.c.record, signatures.c.digest).order_by(signatures.c.version)
        with self._reading() as connection:
            return tuple((row[0], row[1]) for row in connection.execute(query).all())

    def sign(self, version: int, record: str, digest: str) -> None:
        """Writes a signature down.

        Raises:
            ConflictError: That version has been signed in the meantime.
            ReviewError: The database fails.
        """
        row = {"version": version, "record": record, "digest": digest}
        try:
            with self._writing() as connection:
                connection.execute(insert(signatures), [row])
        except IntegrityError:
            raise ConflictError(
                f"version {version} has been signed in the meantime. Load the page again."
            ) from None

    def _numbers(self, connection: Any, cells: Sequence[int]) -> Mapping[int, int]:
        """How many events each of some cells has."""
        counts: dict[int, int] = {}
        for start in range(0, len(cells), 500):  # databases take only so many values at once
            some = cells[start : start + 500]
            query = select(events.c.cell, events.c.number).where(events.c.cell.in_(some))
            for row in connection.execute(query):
                counts[row[0]] = max(row[1], counts.get(row[0], 0))
        return counts

    def _conflict(self, cell: int) -> ConflictError:
        query = select(events).where(events.c.cell == cell)
        with self._reading() as connection:
            rows = connection.execute(query).mappings().all()
        latest = standing(_event(row) for row in rows).get(cell)
        if latest is None:
            return ConflictError("another person decided at the same moment; try again.")
        said = "took the decision back" if latest.verdict is None else f"said {latest.verdict}"
        return ConflictError(
            f"{latest.who} {said} about this cell in the meantime. Look at it again.", latest
        )

    @contextmanager
    def _reading(self) -> Iterator[Any]:
        try:
            with self._engine.connect() as connection:
                yield connection
        except DatabaseError as error:
            raise ReviewError(f"the database of the review fails: {error.orig}.") from error

    @contextmanager
    def _writing(self) -> Iterator[Any]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except IntegrityError:
            raise
        except DatabaseError as error:
            raise ReviewError(
                f"the decision could not be written down: {error.orig}. Nothing of it is kept; "
                "mend that and decide again."
            ) from error


class _Taken(Exception):  # noqa: N818 (never leaves this file)
    def __init__(self, cell: int) -> None:
        self.cell = cell


def _engine(place: str) -> Engine:
    url = make_url(place)
    if url.get_backend_name() != "sqlite":
        return create_engine(url)
    if url.database and not Path(url.database).parent.is_dir():
        raise ReviewError(f"there is no folder {Path(url.database).parent} for the database.")
    engine = create_engine(url, connect_args={"timeout": _WAIT})

    @event.listens_for(engine, "connect")
    def _settle(connection: Any, _record: Any) -> None:
        # Readers do not wait for a writer, and what is committed has reached the disk.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")

    return engine


def _shown(place: str) -> str:
    return make_url(place).render_as_string(hide_password=True)


def _check(told: Mapping[str, str], job: Job, place: str) -> None:
    if told.get("version") != str(VERSION):
        raise ReviewError(
            f"{place} is of format {told.get('version')}; this hemoscope knows format {VERSION}. "
            "Open it with the hemoscope that made it."
        )
    if told.get("job") != job.digest:
        raise ReviewError(
            f"{place} holds the review of another job, or the cells in {job.folder} were "
            "classified again since. Move it aside to begin anew, or name another --database."
        )


def _event(row: Mapping[str, Any]) -> Event:
    return Event(
        row["cell"],
        row["number"],
        row["verdict"],
        row["who"],
        datetime.fromisoformat(row["at"]),
        row["note"],
    )
