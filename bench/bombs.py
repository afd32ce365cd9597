"""What hostile files cost before they are refused: seconds and memory, each read in a process of its own.

    nice .venv/bin/python -m bench.bombs [NAME …]

Targets (issue 4): a sentence within 5 seconds, and less than 300 MB of memory more than the process has when idle.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

MB = 1 << 20
CONTENT = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def workbook(**parts: str | bytes) -> bytes:
    """A small workbook with these parts instead of its own."""
    from openpyxl import Workbook

    buffer, out = io.BytesIO(), io.BytesIO()
    book = Workbook()
    book.active.append(["clave", "nombre"])
    book.active.append(["A-1", "Uno"])
    book.save(buffer)
    names = {"sheet": "xl/worksheets/sheet1.xml", "strings": "xl/sharedStrings.xml"}
    given = {names.get(name, name): data for name, data in parts.items()}
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for item in source.infolist():
            if item.filename not in given:
                archive.writestr(item, source.read(item))
        for name, data in given.items():
            archive.writestr(name, data)
    return out.getvalue()


def sheet(body: str, dimension: str = "") -> str:
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    return f'<?xml version="1.0"?><worksheet {space}>{dimension}<sheetData>{body}</sheetData></worksheet>'


def strings(body: str) -> str:
    return f'<?xml version="1.0"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{body}</sst>'


def ods(body: str) -> bytes:
    spaces = "office", "table", "text"
    names = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in spaces)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        content = (
            f'<office:document-content {names}><office:body><office:spreadsheet><table:table table:name="a">{body}</table:table>'
        )
        archive.writestr("content.xml", content + "</office:spreadsheet></office:body></office:document-content>")
    return out.getvalue()


def ods_rows(cell: str = "", row: str = "", text: str = "x") -> str:
    return f"<table:table-row {row}><table:table-cell {cell}><text:p>{text}</text:p></table:table-cell></table:table-row>"


def zipped(name: str, data: bytes, times: int = 1) -> bytes:
    for _each in range(times):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, data)
        name, data = "inner.zip", out.getvalue()
    return data


def cell(place: str, value: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'


NUMBER = '<c t="n"><v>1</v></c>'
ROW = f'<row r="1">{cell("A1", "clave")}{cell("B1", "nombre")}</row>'
BOMBS: dict[str, Callable[[], tuple[str, bytes]]] = {
    "a far cell": lambda: ("x.xlsx", workbook(sheet=sheet(f'{ROW}<row r="1048576">{cell("XFD1048576", "x")}</row>'))),
    "a claimed dimension": lambda: ("x.xlsx", workbook(sheet=sheet(ROW, '<dimension ref="A1:XFD1048576"/>'))),
    "a row of 16,384 cells": lambda: ("x.xlsx", workbook(sheet=sheet("<row>" + NUMBER * 16_384 + "</row>"))),
    "a million cells in a row": lambda: ("x.xlsx", workbook(sheet=sheet("<row>" + NUMBER * 1_000_000 + "</row>"))),
    "two million rows": lambda: ("x.xlsx", workbook(sheet=sheet(ROW + "<row><c><v>1</v></c></row>" * 2_000_000))),
    "ten million shared texts": lambda: ("x.xlsx", workbook(strings=strings("<si><t>x</t></si>" * 10_000_000))),
    "a shared text of 300 MB": lambda: ("x.xlsx", workbook(strings=strings(f"<si><t>{os.urandom(2 * MB).hex() * 75}</t></si>"))),
    "a cell of 300 MB": lambda: ("x.xlsx", workbook(sheet=sheet(f"{ROW}<row>{cell('A2', os.urandom(2 * MB).hex() * 75)}</row>"))),
    "four million texts that differ": lambda: ("x.xlsx", workbook(strings=strings(differing("<si><t>{}</t></si>", 4_000_000)))),
    "a million formulas": lambda: ("x.xlsx", workbook(sheet=sheet(ROW + differing("<row><c><f>{}</f></c></row>", 1_000_000)))),
    "a million merged ranges": lambda: ("x.xlsx", workbook(sheet=sheet(ROW) + merged(1_000_000))),
    "1.2 million rows that differ": lambda: (
        "x.xlsx",
        workbook(sheet=sheet(ROW + differing('<row><c t="inlineStr"><is><t>{}</t></is></c></row>', 1_200_000))),
    ),
    "entities that multiply": lambda: (
        "x.xlsx",
        workbook(
            sheet='<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
            + sheet(f"<row>{cell('A1', '&b;')}</row>")
        ),
    ),
    "an archive of 1 GB of zeros": lambda: ("x.xlsx", zipped("xl/worksheets/sheet1.xml", b"\0" * (1 << 30))),
    "nested archives": lambda: ("x.xlsx", zipped("x.csv", b"a,b\n" * MB, times=6)),
    "100,000 parts": lambda: ("x.xlsx", many_parts(100_000)),
    "ODS: a row a billion times": lambda: ("x.ods", ods(ods_rows() + ods_rows(row='table:number-rows-repeated="1000000000"'))),
    "ODS: a cell a billion times": lambda: ("x.ods", ods(ods_rows(cell='table:number-columns-repeated="1000000000"'))),
    "ODS: a text of 300 MB": lambda: ("x.ods", ods(ods_rows(text=os.urandom(2 * MB).hex() * 75))),
    "CSV: a million columns": lambda: ("x.csv", b"a," * 1_000_000 + b"\n"),
    "CSV: a cell of 90 MB": lambda: ("x.csv", b"a,b\n" + b"x" * (90 * MB) + b",1\n"),
    "CSV: an unclosed quote and 90 MB": lambda: ("x.csv", b'clave,nombre\nA,"x\n' + b"B,Dos\n" * (15 * MB)),
    "CSV: two million rows": lambda: ("x.csv", b"clave,nombre\n" + b"A,B\n" * 2_000_000),
    "CSV: 40 million empty lines": lambda: ("x.csv", b"clave,nombre\n" + b"\n" * 40_000_000 + b"A,B\n"),
    "JSON: a million brackets": lambda: ("x.json", b"[" * 1_000_000),
    "JSON: ten million numbers": lambda: ("x.json", b"[" + b"1," * 10_000_000 + b"1]"),
    "JSON: a million small objects": lambda: ("x.json", b"[" + b'{"a":1},' * 1_000_000 + b'{"a":1}]'),
    "a protected file": lambda: ("x.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096),
    "more than 100 MB": lambda: ("x.csv", b"a" * (101 * MB)),
    "a picture": lambda: ("x.csv", b"\x89PNG\r\n" + os.urandom(MB)),
}


def differing(form: str, count: int) -> str:
    """Many pieces that do not pack well: the archive looks like that of an honest file."""
    texts = os.urandom(4 * count).hex()
    return "".join(form.format(texts[8 * n : 8 * n + 8]) for n in range(count))


def merged(count: int) -> str:
    return "".join(f'<mergeCell ref="A{n}:A{n + 1 + n % 7}"/>' for n in range(2, count * 9, 9))


def many_parts(count: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(count):
            archive.writestr(f"xl/{number}", b"")
    return out.getvalue()


def one(path: Path) -> dict[str, object]:
    """Read the file as the desk does. Whatever is not refused is read to its end."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    from bench.imports import memory
    from core.imports import old_excel, opendocument, workbook  # noqa: F401 (counts as idle)
    from core.imports.problems import FileRefused
    from core.imports.reader import Reading, read

    idle = memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")
    started, cpu = time.perf_counter(), time.process_time()
    with path.open("rb") as file:
        try:
            table = read(path.name, file, reading=Reading(lenient=True))
            said = f"read: {len(table.rows)} rows, {len(table.headers)} columns"
        except FileRefused as error:
            said = str(error)
    took = time.perf_counter() - started
    return {"seconds": took, "cpu": time.process_time() - cpu, "memory": memory("VmHWM") - idle, "said": said}


def main(words: list[str]) -> None:
    if words[:1] == ["one"]:
        print(json.dumps(one(Path(words[1]))))
        return
    os.environ.setdefault("DEBUG", "1")
    print(f"{'':34}{'MB':>7}{'seconds':>9}{'cpu s':>7}{'memory MB':>11}  answer")
    with tempfile.TemporaryDirectory() as folder:
        for name, make in BOMBS.items():
            if words and name not in words:
                continue
            file_name, data = make()
            path = Path(folder, file_name)
            path.write_bytes(data)
            size = len(data) / MB
            del data
            done = subprocess.run(
                [sys.executable, "-m", "bench.bombs", "one", str(path)], stdout=subprocess.PIPE, text=True, check=False
            )
            if done.returncode:
                print(f"{name:34}{size:>7.1f}  failed: {done.returncode}")
                continue
            found = json.loads(done.stdout)
            print(
                f"{name:34}{size:>7.1f}{found['seconds']:>9.1f}{found['cpu']:>7.1f}{found['memory']:>11}  {found['said'][:90]}",
                flush=True,
            )


if __name__ == "__main__":
    main(sys.argv[1:])
