"""Who signs in, and what each role may do.

Its tables are loaded with the room: the journal, a floor below, points to them by name.
"""

from tracker.accounts import models as models
