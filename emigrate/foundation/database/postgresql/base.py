"""The backend that the settings name (`ENGINE`); Django wants the class in a module `base`."""

import select
from typing import Any, ClassVar

from django.db.backends.postgresql import base
from psycopg import DataError
from psycopg.adapt import AdaptersMap, Buffer, Dumper, PyFormat
from psycopg.types import numeric


class DatabaseWrapper(base.DatabaseWrapper):
    """Looks at a kept connection without asking the server, and never cuts a number off."""

    def get_connection_params(self) -> dict[str, Any]:  # psycopg's own arguments
        """Django's parameters, with dumpers that hold whole numbers to their width."""
        parameters: dict[str, Any] = super().get_connection_params()
        parameters["context"] = adapters = AdaptersMap(parameters["context"])
        for dumper in (Small, SmallText, Whole, WholeText):
            adapters.register_dumper(dumper.width, dumper)
        return parameters

    def is_usable(self) -> bool:
        """Whether the connection can be used; a broken one is opened anew by Django.

        Django asks `SELECT 1` at the first statement of every request, which was a sixth of a
        counter check's round trips. A server that is gone has closed the socket, and a closed
        socket reads as "something is there"; only then is the question worth its way.
        """
        connection = self.connection
        if connection is None or connection.closed:
            return False
        waiting = select.poll()
        waiting.register(connection.fileno(), select.POLLIN)
        return not waiting.poll(0) or super().is_usable()


class Fitting(Dumper):
    """A number of its declared width, else one of eight bytes.

    With values bound in the server Django marks numbers by their column's type, a plain number in
    an expression as one of four bytes, and psycopg writes the lowest bytes of what does not fit
    without an error. A list has one width; a number that does not fit into it is refused.
    """

    width: ClassVar[type[int]]
    bits: ClassVar[int]

    def get_key(self, obj: int, format: PyFormat) -> type[int]:  # noqa: A002 - psycopg's name
        """The class by which psycopg keeps the dumper of this number."""
        del format
        return self.width if self.fits(obj) else numeric.Int8

    def upgrade(self, obj: int, format: PyFormat) -> Dumper:  # noqa: A002 - psycopg's name
        """The dumper of this very number."""
        if self.fits(obj):
            return self
        wide = numeric.Int8Dumper if format is PyFormat.TEXT else numeric.Int8BinaryDumper
        return wide(numeric.Int8)

    def dump(self, obj: int) -> Buffer | None:
        """The number's bytes; DataError where they would be cut off."""
        if not self.fits(obj):
            raise DataError("integer out of range")
        return super().dump(obj)  # type: ignore[safe-super]  # psycopg's dumpers below have it

    @classmethod
    def fits(cls, number: int) -> bool:
        """Whether the number has room in the width."""
        return -(1 << cls.bits) <= number < 1 << cls.bits


class Small(Fitting, numeric.Int2BinaryDumper):
    """Two bytes, binary."""

    width, bits = numeric.Int2, 15


class SmallText(Fitting, numeric.Int2Dumper):
    """Two bytes, as text."""

    width, bits = numeric.Int2, 15


class Whole(Fitting, numeric.Int4BinaryDumper):
    """Four bytes, binary."""

    width, bits = numeric.Int4, 31


class WholeText(Fitting, numeric.Int4Dumper):
    """Four bytes, as text."""

    width, bits = numeric.Int4, 31
