"""The phone over USB: finding it, listing its photos, reading, opening and exporting them. No Qt here."""
