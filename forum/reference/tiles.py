"""The 32 federal entities as equal squares, as they lie to one another: an own arrangement of nine columns and six rows.

The two Californias are on the left, the peninsula of Yucatán on the right; letters are those of ISO 3166-2.
"""

PICTURE = """
    BCN SON CHH COA NLE TAM  .   .   .
    BCS SIN DUR ZAC SLP  .   .   .   .
     .  NAY AGU GUA QUE HID  .   .   .
     .  JAL MIC MEX CMX TLA VER  .  YUC
     .  COL  .   .  MOR PUE TAB CAM ROO
     .   .   .   .  GRO OAX CHP  .   .
"""

#: (column, row) by ISO 3166-2 code.
MEXICO = {
    f"MX-{letters}": (column, row)
    for row, line in enumerate(PICTURE.strip().splitlines())
    for column, letters in enumerate(line.split())
    if letters != "."
}
