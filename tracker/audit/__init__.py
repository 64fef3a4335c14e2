"""The journal: who changed what, when, before and after, chained per depot with a keyed hash."""
