"""Parquet, one row group and a few hundred rows of it at a time, only the columns that are needed."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no types
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # pyarrow ships no types

from popliteal.errors import SourceError
from popliteal.running.items import Item
from popliteal.running.sources.base import Options, Source
from popliteal.running.sources.bytestream import ByteFile
from popliteal.running.sources.columns import RowReader, resolve

#: Rows that are read together, and bytes of text that they should stay below.
_ROWS, _BYTES = 256, 1 << 25


class Parquet(Source):
    """A ``.parquet`` file. A compressed ``.parquet.gz`` is unpacked in memory: Parquet is read from its end."""

    def __init__(self, file: ByteFile, options: Options) -> None:
        super().__init__(options)
        self.name = file.name
        self._file = file
        self._read = self._total = 0

    def fingerprint(self) -> str | None:
        return self._file.digest()

    def fraction(self) -> float | None:
        return self._read / self._total if self._total else None

    def items(self) -> Iterator[Item]:
        compressed = self._file.path is not None and self._file.path.suffix.lower() in {".gz", ".zst"}
        with self._file.open() as stream:
            try:
                # without pre_buffer, which would hold the text of a whole row group
                parquet = pq.ParquetFile(io.BytesIO(stream.read()) if compressed else stream, pre_buffer=False)
            except (pa.ArrowException, OSError, EOFError) as error:
                raise SourceError(f"{self.name}: is not a Parquet file or is cut short") from error
            self._total, self._read = parquet.metadata.num_rows, 0
            roles = resolve(parquet.schema_arrow.names, self.options, self.name)
            rows = RowReader(roles, self.options, self.notices)
            for batch in self._batches(parquet, list(dict.fromkeys(roles.values()))):
                for row in batch:
                    self._read += 1
                    yield rows.item(self._read, row)

    def _batches(self, parquet: pq.ParquetFile, columns: list[str]) -> Iterator[list[dict[str, object]]]:
        try:
            for group in range(parquet.num_row_groups):
                size = _fitting(parquet.metadata.row_group(group))
                for batch in parquet.iter_batches(batch_size=size, row_groups=[group], columns=columns):
                    yield _rows(batch)
        except (pa.ArrowException, OSError) as error:
            raise SourceError(f"{self.name}: cannot be read on after row {self._read}; is the file whole?") from error


def _fitting(group: pq.RowGroupMetaData) -> int:
    """How many rows of a group to read together: fewer where they are long."""
    longest = max((group.column(number).total_uncompressed_size for number in range(group.num_columns)), default=0)
    return max(1, min(_ROWS, _BYTES * group.num_rows // longest if longest else _ROWS))


def _rows(batch: pa.RecordBatch) -> list[dict[str, object]]:
    """Plain rows; strings that are not UTF-8, which Parquet does not forbid in practice, come as bytes."""
    rows: list[dict[str, object]]
    try:
        rows = batch.to_pylist()
    except UnicodeDecodeError:
        fields = [
            pa.field(field.name, pa.binary() if pa.types.is_string(field.type) else pa.large_binary())
            if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)
            else field
            for field in batch.schema
        ]
        rows = batch.cast(pa.schema(fields)).to_pylist()
    return rows
