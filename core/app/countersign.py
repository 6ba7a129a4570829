"""All use cases in one hand, as the doors get them."""

from __future__ import annotations

from core.app.access import Access
from core.app.administering import Administering
from core.app.asking import Asking
from core.app.calendars import Calendars
from core.app.checking import Checking
from core.app.consulting import Consulting
from core.app.deciding import Deciding
from core.app.deploying import Deploying
from core.app.emergencies import Emergencies
from core.app.evaluating import Evaluating
from core.app.keys import Keys
from core.app.notifying import Notifying
from core.app.overview import Overviews
from core.app.ports import Ports
from core.app.preparing import Preparing
from core.app.proving import Proving
from core.app.reading import Reading
from core.app.releasing import Releasing
from core.app.requesting import Requesting
from core.app.reviewing import Reviewing
from core.app.scan_reading import ScanReading
from core.app.scanning import Scanning
from core.app.sharing import Sharing
from core.app.syncing import Syncing
from core.app.timekeeping import Timekeeping
from core.app.waiving import Waiving
from core.app.workflows import Workflows


class Countersign:
    """The room behind the three doors: every rule is in here, none at a door."""

    def __init__(self, ports: Ports) -> None:
        self.ports = ports
        self.access = Access(ports)
        self.administering = Administering(ports)
        self.keys = Keys(ports)
        self.releasing = Releasing(ports)
        self.scanning = Scanning(ports)
        self.scan_reading = ScanReading(ports)
        self.waiving = Waiving(ports)
        self.requesting = Requesting(ports)
        self.evaluating = Evaluating(ports)
        self.consulting = Consulting(ports)
        self.checking = Checking(ports)
        self.calendars = Calendars(ports)
        self.emergencies = Emergencies(ports, self.evaluating)
        self.syncing = Syncing(ports)
        self.deciding = Deciding(ports, self.syncing)
        self.asking = Asking(ports)
        self.sharing = Sharing(ports)
        self.deploying = Deploying(ports)
        self.reading = Reading(ports)
        self.notifying = Notifying(ports)
        self.preparing = Preparing(ports)
        self.overviews = Overviews(ports)
        self.workflows = Workflows(ports, self.requesting)
        self.proving = Proving(ports)
        self.reviewing = Reviewing(ports, self.proving)
        self.timekeeping = Timekeeping(ports)
