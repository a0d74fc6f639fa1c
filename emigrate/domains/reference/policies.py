"""Reference data is public: every table is open, each with the reason."""

from emigrate.foundation.database.rows import open_table

for table in (
    "country",
    "state",
    "district",
    "office",
    "officejurisdiction",
    "mission",
    "airport",
    "occupation",
    "language",
    "workweek",
    "holiday",
):
    open_table(f"reference_{table}", "published codes and names, no person and no tenant", verbs="")
