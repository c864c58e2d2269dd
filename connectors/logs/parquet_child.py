"""Reads a Parquet file in a process of its own: whoever wrote the file is not trusted.

    python -I -m connectors.logs.parquet_child ORDER < FILE > ARROW_STREAM

The parser is C++ and the file may come from anybody, so a fault in it may cost this process and
nothing else: memory and processor time are limited, no file can be written, and the environment is
empty. Each field comes out as text. ORDER is JSON: `fields` name -> [json, steps…]; `needs`, for
each requirement a list of alternatives, each a list of fields; `memory`, bytes of address space.
What is wrong goes to stderr in one line.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Sequence

SECONDS: Final = 300  # of processor time, and one more for each MiB
ROWS: Final = 1 << 15  # of a batch
NAMED: Final = 12  # columns in a message
Step = str | int


class Refusal(Exception):
    """Why the file is not read, in words for a person."""


def main() -> None:
    """Read the order, write the batches. Ends with 3 and a line on stderr if that fails."""
    order = json.loads(sys.argv[1])
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    limit(os.fstat(0).st_size, order["memory"])
    try:
        with os.fdopen(0, "rb") as file, os.fdopen(1, "wb") as out:
            send(pq.ParquetFile(file), order, out)
    except Refusal as problem:
        tell(str(problem))
    except MemoryError:
        tell("needs more memory than a file may take")
    except (pa.ArrowException, OSError, ValueError, OverflowError) as problem:
        tell(f"damaged or not readable as Parquet ({str(problem).splitlines()[0][:200]})")


def limit(size: int, memory: int) -> None:
    """Set the ceilings of this process."""
    seconds = SECONDS + (size >> 20)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def tell(message: str) -> None:
    """Say why there is no more, and end."""
    sys.stderr.write(message + "\n")
    sys.stderr.flush()
    os._exit(3)


def send(parquet: pq.ParquetFile, order: dict[str, Any], out: Any) -> None:  # noqa: ANN401 - a binary file
    """Write the wanted fields of all rows as a stream of Arrow batches."""
    schema = parquet.schema_arrow
    found = {
        name: (as_json, steps)
        for name, (as_json, *ways) in order["fields"].items()
        for steps in ways[::-1]
        if leads_somewhere(schema, steps)
    }
    for item, choices in order["needs"].items():
        if not any(all(name in found for name in names) for names in choices):
            listed = ", ".join(schema.names[:NAMED]) + (", …" if len(schema) > NAMED else "")
            raise Refusal(f"no column for {item}: the columns are {listed}")
    columns = sorted({leaf(schema, steps) for _, steps in found.values()})
    target = pa.schema([(name, pa.string()) for name in found])
    rows = 0
    with pa.ipc.new_stream(out, target) as writer:
        for batch in parquet.iter_batches(ROWS, columns=columns, use_threads=False):
            texts = [
                text(value(batch, steps), as_json=as_json) for as_json, steps in found.values()
            ]
            if texts:
                writer.write_batch(pa.record_batch(texts, schema=target))
            rows += batch.num_rows
        if rows != parquet.metadata.num_rows:
            raise Refusal(f"{rows} rows, and its footer says {parquet.metadata.num_rows}")
        if not found:
            raise Refusal("no column that is asked for")


def leads_somewhere(schema: pa.Schema, steps: Sequence[Step]) -> bool:
    """Whether the steps lead to a column or a part of one."""
    if not steps or steps[0] not in schema.names:
        return False
    kind = schema.field(steps[0]).type
    for step in steps[1:]:
        if isinstance(step, int) and (pa.types.is_list(kind) or pa.types.is_large_list(kind)):
            kind = kind.value_type
        elif isinstance(step, str) and pa.types.is_struct(kind) and kind.get_field_index(step) >= 0:
            kind = kind.field(step).type
        else:
            return False
    return True


def leaf(schema: pa.Schema, steps: Sequence[Step]) -> str:
    """The column to read: as few of a struct's fields as will do; a list is read whole."""
    kind, names = schema.field(steps[0]).type, [str(steps[0])]
    for step in steps[1:]:
        if not isinstance(step, str) or not pa.types.is_struct(kind):
            break
        kind = kind.field(step).type
        names.append(step)
    return ".".join(names)


def value(batch: pa.RecordBatch, steps: Sequence[Step]) -> pa.Array:
    """What stands at the end of the steps in each row; null where they lead nowhere."""
    array = batch.column(batch.schema.get_field_index(steps[0]))
    for step in steps[1:]:
        if isinstance(step, str):
            array = pc.struct_field(array, step)
        else:
            starts = np.asarray(array.offsets)[:-1]
            there = pc.fill_null(pc.greater(pc.list_value_length(array), step), fill_value=False)
            index = pa.array(starts + step, mask=~np.asarray(there.to_numpy(zero_copy_only=False)))
            array = array.values.take(index)
    return array


def text(array: pa.Array, *, as_json: bool) -> pa.Array:
    """A column as text: times in ISO 8601, numbers as JSON would spell them."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        return text(array.cast(kind.value_type), as_json=as_json)
    if pa.types.is_nested(kind):
        if not as_json:
            raise Refusal(
                f"a column holds {kind.num_fields and 'objects or lists'}, text is wanted"
            )
        rows = array.to_pylist(maps_as_pydicts="lossy")
        return pa.array(
            [
                None if row is None else json.dumps(row, separators=(",", ":"), default=str)
                for row in rows
            ]
        )
    if pa.types.is_timestamp(kind):
        zone = "" if kind.tz is None else "Z"
        plain = array.cast(pa.timestamp("us", kind.tz), safe=False)
        plain = plain.cast(pa.timestamp("us", "UTC")) if zone else plain
        return pc.binary_join_element_wise(pc.strftime(plain, "%Y-%m-%dT%H:%M:%S"), zone, "")
    if pa.types.is_floating(kind):
        whole = pc.all(pc.equal(array, pc.trunc(array))).as_py()
        return (array.cast(pa.int64()) if whole else array).cast(pa.string())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        raw = array.to_pylist()
        return pa.array([None if v is None else v.decode("utf-8", "backslashreplace") for v in raw])
    return array.cast(pa.string())


if __name__ == "__main__":
    main()
