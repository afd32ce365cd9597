"""Message catalogues without the gettext system package: what makemessages and compilemessages do, in Python.

A `.po` file here names the files of a message but not the lines, is sorted, and carries no date, so that a change of it shows
what changed and two people's changes seldom meet. Nothing is ever guessed from a similar message ("fuzzy"): a message is
translated or it is not.
"""

from __future__ import annotations

import ast
import os
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

# Where interface texts are written. Tests and migrations hold none that anybody reads.
PLACES = ("config", "core", "forum", "proposals", "agreements", "templates")
SKIPPED = {"migrations", "tests", "__pycache__"}

_PLURAL = {"ngettext", "ngettext_lazy", "npgettext", "npgettext_lazy"}
_CONTEXT = {"pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"}
_PLAIN = {"_", "gettext", "gettext_lazy", "gettext_noop"}
KEYWORDS = sorted(_PLAIN | _PLURAL | _CONTEXT)

_HEADER = """msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""

# A message is known by its context and its (singular) text.
Key = tuple[str | None, str]


def key_of(message: Message) -> Key:
    """Context and singular text."""
    return (message.context, message.id if isinstance(message.id, str) else message.id[0])


# --- reading the sources ----------------------------------------------------------------------------------------------


def _arguments(function: str, texts: list[str | None]) -> tuple[str | None, str, str | None] | None:
    """Context, singular and plural of a call, or None when one of them is not written as a literal."""
    wanted = (function in _CONTEXT) + 1 + (function in _PLURAL)
    literal = texts[:wanted]
    if len(literal) < wanted or any(text is None for text in literal) or not literal[function in _CONTEXT]:
        return None
    context = literal.pop(0) if function in _CONTEXT else None
    return context, str(literal[0]), literal[1] if function in _PLURAL else None


def python_messages(source: bytes) -> Iterator[tuple[tuple[str | None, str, str | None], list[str]]]:
    """((context, singular, plural), comments) of every gettext call in a Python file."""
    for _line, function, texts, comments in extract_python(BytesIO(source), KEYWORDS, ["Translators:"], {"encoding": "utf-8"}):
        found = _arguments(function, list(texts) if isinstance(texts, (tuple, list)) else [texts])
        if found:
            yield found, list(comments)


_LITERAL = r"""[uU]?(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')"""
_CALL = re.compile(rf"(?<![\w.])(_|n?p?gettext)\(\s*({_LITERAL}(?:\s*,\s*{_LITERAL})*)")


def template_messages(source: str, origin: str) -> Iterator[tuple[tuple[str | None, str, str | None], list[str]]]:
    """The same for a Django template, through Django's own reading of it. Raises SyntaxError as Django does."""
    from django.utils.translation.template import templatize

    for call in _CALL.finditer(templatize(source, origin=origin)):
        texts: list[str | None] = [ast.literal_eval(literal) for literal in re.findall(_LITERAL, call[2])]
        found = _arguments(call[1], texts)
        if found:
            yield found, []


def sources(root: Path, places: Iterable[str] = PLACES) -> Iterator[Path]:
    """Python files, and everything in a folder named `templates`, in the given folders of the project."""
    for place in places:
        for path in sorted((root / place).rglob("*")):
            parts = path.relative_to(root).parts
            if not path.is_file() or SKIPPED.intersection(parts):
                continue
            if path.suffix == ".py" or ("templates" in parts[:-1] and path.suffix in {".html", ".txt", ".xml", ".svg"}):
                yield path


def extract(root: Path, places: Iterable[str] = PLACES) -> Catalog:
    """All messages of the project, with the files that use them. Raises ValueError, naming the file that cannot be read."""
    catalog = Catalog()
    for path in sources(root, places):
        name = path.relative_to(root).as_posix()
        try:
            if path.suffix == ".py":
                found = list(python_messages(path.read_bytes()))
            else:
                found = list(template_messages(path.read_text(encoding="utf-8"), name))
        except (SyntaxError, UnicodeDecodeError, ValueError) as error:
            raise ValueError(f"{name}: {error}") from error
        for (context, singular, plural), comments in found:
            earlier = catalog.get(singular, context)
            if earlier is not None and isinstance(earlier.id, tuple) and not plural:
                earlier.locations.append((name, 0))
                continue
            if earlier is not None and plural and isinstance(earlier.id, str):
                catalog.delete(singular, context)
            id = (singular, plural) if plural else singular
            catalog.add(id, locations=[(name, 0)], auto_comments=comments, context=context)
    return catalog


# --- the translated file ----------------------------------------------------------------------------------------------


def load(path: Path, language: str) -> Catalog:
    """The catalogue in a `.po` file, empty when there is none yet."""
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def merge(source: Catalog, translated: Catalog) -> Catalog:
    """The messages of `source` with the translations of `translated`: new ones empty, those no longer used left out."""
    known = {key_of(message): message for message in translated if message.id}
    merged = Catalog(locale=translated.locale)
    for message in source:
        if not message.id:
            continue
        old = known.get(key_of(message))
        same_form = old is not None and isinstance(old.string, str) == isinstance(message.id, str)
        merged.add(
            message.id,
            string=old.string if old and same_form else ("" if isinstance(message.id, str) else ("", "")),
            locations=message.locations,
            flags={"fuzzy"} if old and old.fuzzy else set(),
            auto_comments=message.auto_comments,
            user_comments=old.user_comments if old else [],
            context=message.context,
        )
    return merged


def _write_whole(path: Path, write: Callable[[Any], None]) -> None:
    """Replaces a file in one step, so that a reader never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def save(path: Path, catalog: Catalog, language: str) -> bool:
    """Writes the `.po` file when its content changed; says whether it did."""
    buffer = BytesIO()
    buffer.write(_HEADER.format(language=language).encode())
    write_po(buffer, catalog, width=0, omit_header=True, sort_output=True, ignore_obsolete=True, include_lineno=False)
    content = buffer.getvalue()
    if path.exists() and path.read_bytes() == content:
        return False
    _write_whole(path, lambda file: file.write(content))
    return True


def compile_all(locale: Path, force: bool = False) -> list[Path]:
    """Makes each `.mo` beside its `.po`, where it is not already up to date; returns those made.

    Both files carry the same time when they belong together: any other is taken for stale, an older `.po` too.
    """
    made = []
    for po in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        mo, changed = po.with_suffix(".mo"), po.stat().st_mtime_ns
        if not force and mo.exists() and mo.stat().st_mtime_ns == changed:
            continue
        catalog = load(po, po.parent.parent.name)
        _write_whole(mo, lambda file, catalog=catalog: write_mo(file, catalog))  # type: ignore[misc]
        os.utime(mo, ns=(changed, changed))
        made.append(mo)
    return made


# --- what is wrong with it --------------------------------------------------------------------------------------------

_PERCENT = re.compile(r"%(?:\((\w+)\))?([#0\-+]*\d*(?:\.\d+)?[diouxXeEfFgGcrsa])")
_BRACE = re.compile(r"\{(\w*)(?:[.\[!:][^{}]*)?\}")
_ROUTE = re.compile(r"<(?:\w+:)\w+>")


def placeholders(text: str) -> Counter[str]:
    """`%(name)s`, `%s`, `{name}`, `<slug:key>` and a lone `%` in a text, and how often.

    Named ones count once, since a translation may repeat them. A lone `%` where the original writes `%%` breaks the formatting.
    """
    found: Counter[str] = Counter()
    rest = text.replace("%%", "")
    for name in _BRACE.findall(rest):
        found[f"{{{name}}}"] += 0 if name and found[f"{{{name}}}"] else 1
    rest = _BRACE.sub("", rest)
    for name, kind in _PERCENT.findall(rest):
        found[f"%({name}){kind}" if name else f"%{kind}"] += 0 if name and found[f"%({name}){kind}"] else 1
    found.update(_ROUTE.findall(rest))
    found["% alone"] = "%" in _PERCENT.sub("", rest)
    return +found


def differences(id: str | tuple[str, ...], string: str | tuple[str, ...]) -> list[str]:
    """What a translation must share with its original and does not, as sentences; plural forms may follow either form."""
    ids, strings = ((text,) if isinstance(text, str) else tuple(text) for text in (id, string))
    wrong = []
    for text in strings:
        if not any(placeholders(text) == placeholders(original) for original in ids):
            wanted, given = (", ".join(sorted(placeholders(each).elements())) or "none" for each in (ids[-1], text))
            wrong.append(f"placeholders are {wanted}, translated {given}")
        for edge, meets in (("start", str.startswith), ("end", str.endswith)):
            if meets(text, "\n") != meets(ids[0], "\n"):
                wrong.append(f"a line break at the {edge} differs")
        if ids[0].endswith("/") != text.endswith("/"):
            wrong.append("a slash at the end differs")
    return wrong


def show(key: Key) -> str:
    """A message in one line of a report."""
    return repr(key[1]) + (f" (context {key[0]!r})" if key[0] else "")


def is_empty(message: Message) -> bool:
    """Whether any form of the translation is missing."""
    strings = (message.string,) if isinstance(message.string, str) else message.string
    return not all(strings)


def problems(source: Catalog, translated: Catalog) -> list[str]:
    """Everything that keeps a catalogue from being complete: missing, empty, fuzzy, obsolete, or with other placeholders."""
    known = {key_of(message): message for message in translated if message.id}
    used = {key_of(message): message for message in source if message.id}
    found = []
    for key, message in sorted(used.items(), key=lambda item: (item[0][1], item[0][0] or "")):
        own = known.get(key)
        if own is None or isinstance(own.id, str) != isinstance(message.id, str):
            found.append(f"missing: {show(key)} in {', '.join(sorted({file for file, _line in message.locations}))}")
        elif is_empty(own):
            found.append(f"empty: {show(key)}")
        elif own.fuzzy:
            found.append(f"fuzzy: {show(key)}")
        else:
            found.extend(f"{sentence}: {show(key)}" for sentence in differences(message.id, own.string))
    found.extend(f"obsolete: {show(key)}" for key in known if key not in used)
    return found


# --- exchange with translators ----------------------------------------------------------------------------------------


def untranslated(catalog: Catalog) -> list[dict[str, Any]]:
    """Messages without a translation, as rows for a translator: context, id, plural, str (to be filled), files, comments."""
    rows = []
    for message in sorted(message for message in catalog if message.id and (is_empty(message) or message.fuzzy)):
        context, singular = key_of(message)
        plural = None if isinstance(message.id, str) else message.id[1]
        rows.append(
            {
                "context": context,
                "id": singular,
                "plural": plural,
                "str": ["", ""] if plural else "",
                "files": sorted({file for file, _line in message.locations}),
                "comments": list(message.auto_comments),
            }
        )
    return rows


def fill(catalog: Catalog, rows: Iterable[dict[str, Any]]) -> tuple[int, list[str]]:
    """Takes a translator's rows into the catalogue: how many changed something, and a sentence for each that was refused.

    A row with nothing in `str` is passed over; any other replaces what was there.
    """
    known = {key_of(message): message for message in catalog if message.id}
    changed, refused = 0, []
    for row in rows:
        if not isinstance(row, dict) or not isinstance(row.get("id"), str):
            refused.append(f"a row without an id: {row!r}")
            continue
        key = (row.get("context") or None, row["id"])
        given = row.get("str") or ""
        if not (given if isinstance(given, str) else all(given)):
            continue
        message = known.get(key)
        if message is None:
            refused.append(f"no such message: {show(key)}")
            continue
        string = given if isinstance(given, str) else tuple(given)
        if isinstance(message.id, str) != isinstance(string, str) or (isinstance(string, tuple) and len(string) != 2):
            refused.append(f"one text where two are needed, or two where one is: {show(key)}")
            continue
        wrong = differences(message.id, string)
        refused.extend(f"{sentence}: {show(key)}" for sentence in wrong)
        if not wrong and (message.string != string or message.fuzzy):
            message.string = string
            message.flags.discard("fuzzy")
            changed += 1
    return changed, refused
