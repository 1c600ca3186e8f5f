"""The citizen checks the whole application and signs exactly what was shown."""

from __future__ import annotations

import io
import json

from drivers.base.sensitive import Sensitive
from terminal import intents
from terminal.cases import application
from terminal.cases import events as ev
from terminal.cases.model import MaterialMode, Signature, Step
from terminal.cases.steps.contract import Handlers, StepHandler

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
        if not open_ones:
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
        strokes = {"width_px": intent.width_px, "height_px": intent.height_px, "strokes": intent.strokes}
        self.desk.record(
            ev.Signed(
                signature=Signature(
                    picture=self.desk.blobs.put(_picture(intent)),
                    strokes=self.desk.blobs.put(json.dumps(strokes, separators=(",", ":")).encode()),
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


def _picture(intent: intents.SubmitSignature) -> bytes:
    """The strokes as PNG: black on white, twice the pad's size so that it prints well."""
    from PIL import Image, ImageDraw  # only a signature needs it: not at start-up

    scale = 2
    image = Image.new("L", (intent.width_px * scale, intent.height_px * scale), 255)
    draw = ImageDraw.Draw(image)
    for stroke in intent.strokes:
        points = [(x * scale, y * scale) for x, y, _ in stroke]
        if len(points) == 1:
            x, y = points[0]
            draw.ellipse((x - 3, y - 3, x + 3, y + 3), fill=0)
        else:
            draw.line(points, fill=0, width=3 * scale, joint="curve")
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
