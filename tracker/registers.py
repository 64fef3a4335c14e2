"""The lists as files: what each says of a row, in French whoever asks, in raw grams, pieces and francs."""

from dataclasses import dataclass

from tracker.exports import Register
from tracker.intake.queries import DropOffRow
from tracker.people.models import Kind
from tracker.people.queries import DepositorView
from tracker.premiums.models import EntryKind
from tracker.premiums.queries import EntryView
from tracker.shipments.models import State
from tracker.shipments.queries import ShipmentView
from tracker.stock.models import MovementKind
from tracker.stock.queries import MovementView
from tracker.values import phone

MOVEMENTS_IN_FRENCH = {
    MovementKind.OPENING: "Stock de départ",
    MovementKind.DROP_OFF: "Apport",
    MovementKind.SORTING: "Tri",
    MovementKind.SHIPMENT: "Expédition",
}
ENTRIES_IN_FRENCH = {
    EntryKind.ENGINE: "Prime du barème",
    EntryKind.RECORDED: "Prime d'un ancien registre",
    EntryKind.RECORDED_PAYMENT: "Versement d'un ancien registre",
    EntryKind.REFUSAL: "Refus",
    EntryKind.PAYMENT: "Versement",
}
STATES_IN_FRENCH = {
    State.DRAFT: "Brouillon",
    State.SENT: "Envoyée",
    State.RECEIVED: "Reçue",
    State.CANCELLED: "Annulée",
    State.REVERSED: "Contre-passée",
}
KINDS_IN_FRENCH = {
    Kind.INDIVIDUAL: "Particulier",
    Kind.REPAIRER: "Réparateur",
    Kind.COLLECTOR: "Collecteur",
    Kind.ORGANISATION: "Organisation",
}


@dataclass(frozen=True, slots=True)
class DepositorOwed:
    depositor: DepositorView
    francs: int


def _yes(holds: bool) -> str:
    return "oui" if holds else "non"


def _phone(e164: str | None) -> str | None:
    """As it is written in the country: a leading + would be taken for the start of a formula."""
    return phone.shown(e164) if e164 else None


DROP_OFFS: Register[DropOffRow] = Register(
    "apports",
    {
        "Numéro": lambda row: row.number,
        "Pesé le": lambda row: row.day,
        "Dépôt": lambda row: row.depot_code,
        "Apporteur": lambda row: row.depositor_name,
        "Téléphone": lambda row: _phone(row.depositor_phone),
        "Pièces": lambda row: row.pieces,
        "Masse nette (g)": lambda row: row.net_grams,
        "dont estimée (g)": lambda row: row.estimated_grams,
        "Prime (F CFA)": lambda row: row.francs,
        "Annulé": lambda row: _yes(row.voided),
    },
)
MOVEMENTS: Register[MovementView] = Register(
    "mouvements",
    {
        "Jour": lambda row: row.day,
        "Événement": lambda row: MOVEMENTS_IN_FRENCH[row.kind],
        "Numéro": lambda row: row.reference,
        "Dépôt": lambda row: row.depot_code,
        "Catégorie": lambda row: row.category_code,
        "Pièces": lambda row: row.pieces,
        "Masse (g)": lambda row: row.grams,
        "Estimée": lambda row: _yes(row.estimated),
        "Déduite": lambda row: _yes(row.inferred),
        "Contre-passation": lambda row: _yes(row.reverses_id is not None),
    },
)
SHIPMENTS: Register[ShipmentView] = Register(
    "expeditions",
    {
        "Numéro": lambda row: row.reference,
        "État": lambda row: STATES_IN_FRENCH[row.state],
        "Dépôt": lambda row: row.depot_code,
        "Partie le": lambda row: row.departed_on,
        "Reçue le": lambda row: row.received_on,
        "Destinataire": lambda row: row.consignee,
        "Pays": lambda row: row.country,
        "Conteneur": lambda row: row.container,
        "Colis": lambda row: row.packages,
        "Masse nette (g)": lambda row: row.net_grams,
        "Masse reçue (g)": lambda row: row.received_grams,
    },
)
"""A row a shipment: its masses are of all that it carries, whatever category the list was narrowed to."""
PREMIUMS: Register[EntryView] = Register(
    "primes",
    {
        "Jour": lambda row: row.day,
        "Nature": lambda row: ENTRIES_IN_FRENCH[row.kind],
        "Apporteur": lambda row: row.depositor_name,
        "Téléphone": lambda row: _phone(row.depositor_phone),
        "Montant (F CFA)": lambda row: row.francs,
    },
)
DEPOSITORS: Register[DepositorOwed] = Register(
    "apporteurs",
    {
        "Nom": lambda row: row.depositor.name,
        "Téléphone": lambda row: _phone(row.depositor.phone),
        "Qualité": lambda row: KINDS_IN_FRENCH[row.depositor.kind],
        "Dû (F CFA)": lambda row: row.francs,
    },
)
