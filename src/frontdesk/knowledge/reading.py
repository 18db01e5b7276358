"""What a file says, as text with `#` headings: run in a process of its own, which is bounded."""

import csv
import io
import json
import re
import sys
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

MAX_TEXT = 1_000_000
"""Characters of all that a file says."""
MAX_PAGES = 500
MAX_UNPACKED = 50_000_000
MAX_RATIO = 200
"""How far a member of a zip may unfold."""
MAX_ROWS = 5_000
ENTITIES = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
HEADS = {"question", "answer"}
BLOCKS = ("h1", "h2", "h3", "h4", "h5", "h6", "p", "li", "td", "th", "dt", "dd", "pre", "caption")
SILENT = ("script", "style", "noscript", "template", "nav", "svg", "iframe", "form")


class Unreadable(Exception):
    """The file cannot be read"""


def read(kind: str, raw: bytes) -> str:
    """Raises Unreadable, in words for the hotel."""
    text = _tidy(READERS[kind](raw))
    if not text:
        raise Unreadable("there is no text in it")
    if len(text) > MAX_TEXT:
        raise Unreadable(f"it has more than {MAX_TEXT} characters: split it")
    return text


def _tidy(text: str) -> str:
    """Without control characters and more than one empty line."""
    kept = "".join(c if c.isprintable() or c == "\n" else " " for c in text.replace("\r\n", "\n"))
    lines = [re.sub(r"[ \u00a0]+", " ", line).strip() for line in kept.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _decoded(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("it is not text in UTF-8 or UTF-16") from None


def _text(raw: bytes) -> str:
    if b"\0" in raw and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable("it is not text")
    return _decoded(raw)


def _pdf(raw: bytes) -> str:
    from pypdf import PdfReader  # noqa: PLC0415 - only what a file needs is loaded

    if not raw.startswith(b"%PDF-"):
        raise Unreadable("it is not a PDF")
    book = PdfReader(io.BytesIO(raw))
    if book.is_encrypted:
        raise Unreadable("this PDF is encrypted: save it without a password")
    if len(book.pages) > MAX_PAGES:
        raise Unreadable(f"it has more than {MAX_PAGES} pages")
    pages: list[str] = []
    size = 0
    for page in book.pages:
        pages.append(_paragraphs(page.extract_text() or ""))
        size += len(pages[-1])
        if size > MAX_TEXT:
            raise Unreadable(f"it has more than {MAX_TEXT} characters: split it")
    if size < len(pages) and not any(p.strip() for p in pages):
        raise Unreadable("this PDF has pictures of pages and no text: it was scanned")
    return "\n\n".join(pages)


def _paragraphs(page: str) -> str:
    """A line that ends a sentence and is short ends a paragraph: a PDF does not say where."""
    lines = page.splitlines()
    longest = max((len(line) for line in lines), default=0)
    return "\n".join(
        f"{line}\n" if line.rstrip().endswith((".", "!", "?", ":")) and len(line) < longest * 0.75
        else line
        for line in lines
    )  # fmt: skip


def _docx(raw: bytes) -> str:
    from docx import Document  # noqa: PLC0415 - see _pdf

    _check_zip(raw)
    try:
        book: Any = Document(io.BytesIO(raw))
    except (KeyError, ValueError) as e:
        raise Unreadable("it is not a Word document (.docx)") from e
    return "\n\n".join(_docx_parts(book))


def _docx_parts(book: Any) -> Iterator[str]:
    for part in book.iter_inner_content():
        if hasattr(part, "rows"):
            for row in part.rows:
                cells = dict.fromkeys(cell.text.strip() for cell in row.cells)
                yield ": ".join(filter(None, cells))
        elif part.text.strip():
            heading = (part.style.name or "").startswith(("Heading", "Title"))
            yield f"# {part.text.strip()}" if heading else part.text


def _check_zip(raw: bytes) -> None:
    """Before anything is unpacked by somebody else: sizes as told and as they are, no entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as folder:
            members = folder.infolist()
            if sum(m.file_size for m in members) > MAX_UNPACKED or len(members) > 5_000:
                raise Unreadable("it unpacks to more than a document would")
            if any(m.file_size > max(1, m.compress_size) * MAX_RATIO for m in members):
                raise Unreadable("it unpacks to more than a document would")
            for member in members:
                if member.flag_bits & 1:
                    raise Unreadable("this document is encrypted: save it without a password")
                if member.filename.endswith((".xml", ".rels")):
                    _check_xml(folder, member)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as e:
        raise Unreadable("it is not a Word document (.docx)") from e


def _check_xml(folder: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    with folder.open(member) as part:
        said = part.read(member.file_size + 1)
    if len(said) > member.file_size:
        raise Unreadable("it unpacks to more than a document would")
    plain = said.replace(b"\0", b"")  # UTF-16 would hide the word
    if ENTITIES.search(plain):
        raise Unreadable("its XML declares entities, which no document of ours may")


def _html(raw: bytes) -> str:
    from bs4 import BeautifulSoup  # noqa: PLC0415 - see _pdf

    page = BeautifulSoup(raw, "html.parser")
    for silent in page.find_all(SILENT):
        silent.decompose()
    title = page.title.get_text(" ", strip=True) if page.title else ""
    parts = [f"# {title}"] if title else []
    for block in page.find_all(BLOCKS):
        if block.find(BLOCKS) is None:
            said = block.get_text(" ", strip=True)
            heading = block.name.startswith("h") and said
            parts += [f"# {said}" if heading else said] if said else []
    if len(parts) <= bool(title):
        parts.append(page.get_text("\n", strip=True).removeprefix(title))
    return "\n\n".join(parts)


def _csv(raw: bytes) -> str:
    """Questions and answers: a heading a question, its answer below it."""
    text = _text(raw)
    head = text.partition("\n")[0]
    mark = max(",;\t", key=head.count)
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=mark))
    if len(rows) > MAX_ROWS:
        raise Unreadable(f"it has more than {MAX_ROWS} rows")
    if not rows or not {(k or "").strip().lower() for k in rows[0]} >= HEADS:
        raise Unreadable("its first line has to name the columns question and answer")
    parts: list[str] = []
    for line, row in enumerate(rows, 2):
        said = {(k or "").strip().lower(): v for k, v in row.items() if isinstance(v, str)}
        question, answer = (" ".join(said.get(n, "").split()) for n in ("question", "answer"))
        if bool(question) != bool(answer):
            raise Unreadable(f"line {line} lacks its question or its answer")
        parts += [f"# {question}\n\n{answer}"] if question else []
    return "\n\n".join(parts)


READERS: dict[str, Callable[[bytes], str]] = {
    "text": _text,
    "markdown": _text,
    "pdf": _pdf,
    "docx": _docx,
    "html": _html,
    "csv": _csv,
}
CPU_SECONDS, MEMORY = 60, 1_500_000_000


def main() -> None:
    """`python -m frontdesk.knowledge.reading KIND < file`: one JSON object, text or error."""
    import resource  # noqa: PLC0415 - not on every system that imports this module

    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    sys.setrecursionlimit(2_000)
    try:
        said = {"text": read(sys.argv[1], sys.stdin.buffer.read())}
    except Unreadable as refused:
        said = {"error": str(refused)}
    except (MemoryError, RecursionError):
        said = {"error": "it takes more memory to read than a document would"}
    except Exception as failed:  # noqa: BLE001 - a library's own words are for nobody
        said = {"error": f"it is damaged ({type(failed).__name__})"}
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()
