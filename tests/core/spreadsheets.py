"""Spreadsheets for tests: ODS written by hand, and an old XLS file that no program here can write."""

from __future__ import annotations

import base64
import io
import zipfile
import zlib
from xml.sax.saxutils import escape

NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)
MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"


def ods_cell(text: str) -> str:
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in text.split("\n"))
    return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>' if text else "<table:table-cell/>"


def ods(rows: list[list[str]]) -> bytes:
    """A sheet of texts, with the million empty rows that a spreadsheet program writes below."""
    body = "".join(f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>" for row in rows)
    empty = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="1024"/></table:table-row>'
    return ods_of(f'<table:table table:name="Hoja1">{body}{empty}</table:table>')


def ods_of(sheets: str, **parts: bytes) -> bytes:
    """An ODS file with these sheets as XML."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", MIMETYPE)
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {NAMES}><office:body><office:spreadsheet>{sheets}'
            "</office:spreadsheet></office:body></office:document-content>",
        )
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


#: Written with xlwt: a title row, then texts, a day, a month, a code shown as 01, a percent and a truth value; a second sheet.
XLS = zlib.decompress(
    base64.b85decode(
        "c-rk)T}TvB6#iy*_Rrs4(?Ek|5wbEvw+MRC%`kmhvtIfksBw3YL7kOx5%VR>_OS?hDk2ap=*8-#A1bJ~9s;8tf*{a(ik_r`9@OdF"
        "Gqe7+f`Uobe8W9+&v);+zh}<enKu*R$<YT@Q&@&3cra%L;akK>l!7@W1S+>Ik<Hx$lq?sU3c&zvq|b||#jpKh55;~@LB@UMB}w2D"
        "rPJs`d)m;V8;C<Z22~PcXp|K4JsCGCm7tQxRmL*Oatq6QT=yBvgUnoJ*+_LKrBj%Qx7QwU{P=`i&1EGdB|KuA56r|+fmgzh&tH}7"
        "x?VJ!y4v&q7DSXHjDftPO*1r8=%u)g0-&X(K9Q(DNr)(Z+!5>7&@hQ|a-uQ(u%f{CT(o!*b@`3uB@q8}Deqr_572(*<AVt2<qK%D"
        "^YMjbv7EmqE5I<Uvyyn!vgBliUQtqv4%N))Nxe@sGFpEYMcB^~NWqbesm`EVxELp@pX^ZwG>T0|y0_ERh)8MuDa`})YW-xT85upL"
        "rl^8Cpc+Yyr~$o;SdF4vYuZdl6JG}PWIDRHAr>R6<~^}OAfb1eYEu7ZM5jeJb|?%j35CTRAc{z)P|Eo*hlvoa+05PPw~5Y<_!(w~"
        "`SoYNB)5w>!@>n&LB=Iq;$bP8u4RkeEH84a+c;mvvYaMN_nM9hC(}B@buMvf4fV5+@h-k&QGO@ovtN%sj$}W_cTs-4ZEC1|{C#{B"
        ")wC-qvKQ9~>ZCg9#&v-w@!VZ<!s$nrmA{47fE?m^`C&OHfl|!U)(9@lgsn;JFF8$i*2>mAq<Q8wg*0Ve^OEMB*L<Y;oL=n}UD_+S"
        "SHDw3&ND8VYXqDY?OhWGm*<F(Cev(h4aqdOD}ypWEg-Lqv!i+C0G0cA9!+u?9*U;ub+Ul<^AxP;DGS(ap2BN}d~4>yg$oxhT)6ma"
        "AdYLYb2wG(vo;@R{LX)!SxR&6Z<2o&$B?EgLmzF2VbI;gxi$IER(PdcThc0Ra{mhjj#KX@ed~4dIJ(#DzjPdx7SCtZhN1O)gx1>s"
        "+*-!@hx`8pW4kyY"
    )
)
