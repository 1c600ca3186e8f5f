"""The citizen checks the whole application and signs exactly what was shown."""

from __future__ import annotations

from drivers.base.sensitive import Sensitive
from terminal import intents
from terminal.cases import application
from terminal.cases import events as ev
from terminal.cases.model import MaterialMode, Signature, Step
from terminal.cases.signature import picture_of, strokes_of
from terminal.cases.steps.contract import Handlers, StepHandler
from terminal.cases.steps.unreadable import all_readable

# Less than this is a slip of the pen, not a signature: points in all strokes, extent as part of the pad.
LEAST_POINTS = 12
LEAST_EXTENT = 0.05


class Check(StepHandler):
    """CITIZEN_CHECK and SIGN; sending to the citizen belongs to COLLECT_MATERIALS."""

    steps = frozenset({Step.CITIZEN_CHECK, Step.SIGN})

    def intents(self) -> Handlers:
        """What clerk and citizen do."""
        return {
            intents.SendToCitizen: self.send,
            intents.CitizenConfirms: self.confirms,
            intents.CitizenObjects: self.objects,
            intents.SubmitSignature: self.sign,
        }

    def send(self, _: intents.SendToCitizen) -> None:
        """Show the application to the citizen once every material is settled."""
        case = self.desk.open_case()
        self.desk.unsay("material.")
        open_ones = [m for m in case.materials if m.mode is MaterialMode.PENDING]
        for material in open_ones:
            self.desk.say("error", "material.pending", ("material", material.name), field=material.code)
        if not open_ones and all_readable(self.desk):
            self.desk.record(ev.SentToCitizen(at=self.desk.clock.wall()))

    def confirms(self, intent: intents.CitizenConfirms) -> None:
        """Take the confirmation only for what is true now."""
        case = self.desk.open_case()
        self.desk.unsay("check.")
        if intent.content_hash != application.content_hash(case):
            self.desk.say("warning", "check.changed_meanwhile")
            return
        self.desk.record(ev.CitizenConfirmed(at=self.desk.clock.wall(), content_hash=intent.content_hash))

    def objects(self, intent: intents.CitizenObjects) -> None:
        """Something is wrong: back to the form, with what the citizen said."""
        self.desk.record(ev.CitizenObjected(note=Sensitive(intent.note.reveal().strip()[:200])))
        self.desk.say("warning", "check.citizen_objects")

    def sign(self, intent: intents.SubmitSignature) -> None:
        """Keep picture and strokes, bound to what was shown; a slip of the pen is refused."""
        case = self.desk.open_case()
        self.desk.unsay("sign.", "check.")
        if intent.content_hash != application.content_hash(case):
            self.desk.say("warning", "check.changed_meanwhile")
            return
        if not _is_signature(intent):
            self.desk.say("error", "sign.too_little")
            return
        strokes = strokes_of(intent)
        self.desk.record(
            ev.Signed(
                signature=Signature(
                    picture=self.desk.blobs.put(picture_of(strokes)),
                    strokes=self.desk.blobs.put(strokes),
                    content_hash=intent.content_hash,
                    signed_at=self.desk.clock.wall(),
                )
            )
        )


def _is_signature(intent: intents.SubmitSignature) -> bool:
    points = [point for stroke in intent.strokes for point in stroke]
    if len(points) < LEAST_POINTS or intent.width_px <= 0 or intent.height_px <= 0:
        return False
    width = max(p[0] for p in points) - min(p[0] for p in points)
    height = max(p[1] for p in points) - min(p[1] for p in points)
    return width >= LEAST_EXTENT * intent.width_px and height >= LEAST_EXTENT * intent.height_px
