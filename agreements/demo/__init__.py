"""The demonstration: the founding case through the importers, then a sample chain through the doors.

What the founding texts state keeps its source; everything else is marked *sample* in its source and in its words.
Opinions, agreements, commitments and meetings of the real forum are not known: those shown in the edition of 2011 are
samples dated 2011. A second edition, *Edición de muestra*, is dated relative to today, so that every state is on show.
"""
