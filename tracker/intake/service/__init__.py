"""Logging, voiding and replacing drop-offs.

"Weigh a bag" is one verb in one transaction: drop-off, grams in, francs owed, journal line.
"""

from tracker.intake.service.entering import NEWCOMER as NEWCOMER
from tracker.intake.service.entering import Accepted as Accepted
from tracker.intake.service.entering import NewDropOff as NewDropOff
from tracker.intake.service.entering import OldDropOff as OldDropOff
from tracker.intake.service.entering import Preview as Preview
from tracker.intake.service.entering import accept_drop_off as accept_drop_off
from tracker.intake.service.entering import preview as preview
from tracker.intake.service.entering import record_drop_off as record_drop_off
from tracker.intake.service.undoing import may_correct as may_correct
from tracker.intake.service.undoing import may_void as may_void
from tracker.intake.service.undoing import replace_drop_off as replace_drop_off
from tracker.intake.service.undoing import void_drop_off as void_drop_off
