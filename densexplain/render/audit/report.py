"""An audit on one printed page: pictures first, then attribution, what-ifs, stability, and the reader's words."""

from __future__ import annotations

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.explain.audit.audit import Audit
from densexplain.explain.audit.verdict import Overruling, check_remark
from densexplain.provenance import NOTICE
from densexplain.radiograph.radiograph import Radiograph
from densexplain.radiograph.reading.patient_identity import PatientIdentity
from densexplain.render.audit.report_attribution import account_height_px, draw_attribution
from densexplain.render.audit.report_head import draw_facts, draw_head, fact_lines, facts_height_px
from densexplain.render.audit.report_pictures import ReportPictures
from densexplain.render.audit.report_stability import draw_stability, stability_height_px
from densexplain.render.audit.report_what_ifs import WhatIfStrip
from densexplain.render.audit.report_words import set_words
from densexplain.render.print.printed_page import LEAST_SIZE, PrintedPage
from densexplain.vocabulary import FigureFormat

_ACCOUNT_SHARE = 0.64  # of the width; stability takes the rest
_GAP_PX, _MOST_GAP_PX = 24, 70
_SMALL_PICTURE_PX, _LEAST_PICTURE_PX = 480, 360
_LEAST_TILE_PX, _READABLE_TILE_PX = 140, 240


def render_audit_report(
    audit: Audit,
    manifest: Manifest,
    radiograph: Radiograph,
    *,
    overruling: Overruling | None = None,
    remark: str = "",
    identity: PatientIdentity | None = None,
    file_format: FigureFormat = FigureFormat.PDF,
) -> bytes:
    """Compose the report on one upright page of A4.

    For a foreign radiograph finding, probabilities and logits are withheld, as
    everywhere; its pictures are printed.

    Parameters
    ----------
    audit, manifest, radiograph
        What was found, by which model set, in what.
    overruling
        The reader's own verdict with the reason; the computed verdict stays beside it.
    remark
        The reader's, at most 2000 characters. It is printed whole: long words
        make the pictures smaller and, where that does not suffice, the letters.
    identity
        Identity of the patient; printed only if given.
    file_format
        PDF, with its fonts in it, or PNG of 254 pixels per inch.

    Returns
    -------
    bytes
        The file; the same arguments give the same bytes, for it holds no date.

    Raises
    ------
    OptionError
        If the remark is too long.
    """
    page, remark = PrintedPage(), check_remark(remark)
    account_width = _ACCOUNT_SHARE * page.width
    pictures, strip = ReportPictures(page, audit, manifest, radiograph), WhatIfStrip(page, audit)
    top = draw_head(page, audit, manifest, overruling, identity)
    numbers_px = max(account_height_px(page, audit, account_width), stability_height_px(audit))
    around = top + pictures.around_px + numbers_px + strip.around_px + 4 * _GAP_PX
    for fact_length, least_px in ((2, _SMALL_PICTURE_PX), (1, _LEAST_PICTURE_PX)):
        facts = fact_lines(page, audit, manifest, radiograph, fact_length)
        facts_top = page.bottom - facts_height_px(facts)
        words = set_words(page, overruling, remark, facts_top - around - least_px - strip.tiles_px(_LEAST_TILE_PX))
        if words.size > LEAST_SIZE or not words.height_px:
            break
    room = facts_top - around - words.height_px
    least = _READABLE_TILE_PX if room > _SMALL_PICTURE_PX + 2 * _READABLE_TILE_PX else _LEAST_TILE_PX
    picture_px = min(pictures.wanted_px, room - strip.tiles_px(least))
    tile_px = strip.tiles_px(room - picture_px)
    gap = min(_GAP_PX + (room - picture_px - tile_px) / 4, _MOST_GAP_PX)

    top = pictures.draw(top, picture_px) + gap
    page.rule(round(top - gap / 2))
    draw_attribution(page, audit, page.left, top, account_width)
    draw_stability(page, audit, page.left + account_width + page.gutter_px, top)
    top += numbers_px + gap
    page.rule(round(top - gap / 2))
    top = strip.draw(top, tile_px) + gap
    if words.height_px:
        page.rule(round(top - gap / 2))
        words.draw(page, top)
    draw_facts(page, facts, facts_top)
    return page.encode(file_format, title=f"densexplain, audit, model set {manifest.name}", subject=NOTICE)
