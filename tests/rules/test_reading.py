"""What files say: text from each kind, and a clear word for each that must not be read."""

import io
import zipfile

import docx
import pytest
from fpdf import FPDF
from pypdf import PdfWriter

from frontdesk.knowledge.reader import read_apart
from frontdesk.knowledge.reading import MAX_TEXT, Unreadable, read
from frontdesk.knowledge.rules import Piece, cut

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def pdf(*pages: str) -> bytes:
    book = FPDF()
    book.set_font("helvetica", size=12)
    for page in pages:
        book.add_page()
        book.multi_cell(0, 8, page)
    return bytes(book.output())


def word(*parts: tuple[str, str]) -> bytes:
    book, out = docx.Document(), io.BytesIO()
    for style, text in parts:
        if style == "row":
            table = book.add_table(rows=1, cols=2)
            for cell, said in zip(table.rows[0].cells, text.split("|"), strict=True):
                cell.text = said
        else:
            book.add_paragraph(text, style=style)
    book.save(out)
    return out.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, body in members.items():
            folder.writestr(name, body)
    return out.getvalue()


def swapped(raw: bytes, name: str, body: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(raw)) as folder:
        return zipped({**{n: folder.read(n) for n in folder.namelist()}, name: body})


def encrypted(raw: bytes) -> bytes:
    book, out = PdfWriter(clone_from=io.BytesIO(raw)), io.BytesIO()
    book.encrypt("secret")
    book.write(out)
    return out.getvalue()


def blank() -> bytes:
    book, out = PdfWriter(), io.BytesIO()
    book.add_blank_page(200, 200)
    book.write(out)
    return out.getvalue()


PAGE = (
    b"<html><head><title>House</title><style>p{}</style><script>var x='no'</script></head><body>"
    b"<nav><p>Menu</p></nav><h2>Pool</h2><div><p>Open from <b>9:00</b> to 20:00.</p></div>"
    b"<ul><li>No diving</li></ul></body></html>"
)


def test_each_kind_of_file_becomes_text_under_its_headings() -> None:
    assert cut(read("html", PAGE)) == [
        Piece("Pool", "Open from 9:00 to 20:00."),
        Piece("Pool", "No diving"),
    ]
    book = word(("Heading 1", "Breakfast"), ("Normal", "From 7:00."), ("row", "Adults|12 EUR"))
    assert cut(read("docx", book)) == [
        Piece("Breakfast", "From 7:00."),
        Piece("Breakfast", "Adults: 12 EUR"),
    ]
    assert "The sauna opens at 16:00." in read("pdf", pdf("The sauna opens at 16:00.", "Page two"))
    table = 'Question;Answer\n"Is there a pool?";"Yes; it is\nheated."\n;\n'
    assert cut(read("csv", table.encode())) == [Piece("Is there a pool?", "Yes; it is heated.")]
    assert read("text", "Grüße\r\n\x07ok".encode("utf-16")) == "Grüße\nok"


BOMB = swapped(word(("Normal", "x")), "word/document.xml", b"<a/>" + b" " * 60_000_000)
EVIL = swapped(
    word(("Normal", "x")),
    "word/document.xml",
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
)


@pytest.mark.parametrize(
    ("kind", "raw", "why"),
    [
        ("pdf", encrypted(pdf("x")), "encrypted"),
        ("pdf", blank(), "no text"),
        ("pdf", b"GIF89a", "not a PDF"),
        ("docx", b"PK\x03\x04 not really", "not a Word document"),
        ("docx", zipped({"a.txt": b"x"}), "not a Word document"),
        ("docx", BOMB, "unpacks to more"),
        ("docx", EVIL, "entities"),
        ("html", b"<html><script>x</script></html>", "no text"),
        ("text", b"\xff\x00\x01", "not text"),
        ("text", b"\xe4\xf6", "UTF-8"),
        ("text", b"a" * (MAX_TEXT + 1), "more than"),
        ("csv", b"a,b\n1,2\n", "question and answer"),
        ("csv", b"question,answer\nIs there a pool?,\n", "line 2"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_in_words(kind: str, raw: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        read(kind, raw)


async def test_a_file_is_read_in_a_process_that_can_be_ended() -> None:
    assert (
        await read_apart("markdown", "# Pool\n\nOpen – daily.".encode())
        == "# Pool\n\nOpen – daily."
    )
    with pytest.raises(Unreadable, match="not a PDF"):
        await read_apart("pdf", b"no")
    deep = b"%PDF-1.7\n" + b"[" * 200_000 + pdf("x")
    with pytest.raises(Unreadable):
        await read_apart("pdf", deep[:150_000])
    with pytest.raises(Unreadable, match="longer than"):
        await read_apart("pdf", pdf("x"), seconds=0.01)
