"""An audit on one printed page: pictures first, then the account, the what-ifs, stability, and the reader's words."""

from __future__ import annotations

from densexplain.explain.audit import Audit
from densexplain.explain.record import NOTICE
from densexplain.explain.verdict import Overruling, check_remark
from densexplain.network.manifest import Manifest
from densexplain.radiograph.patient_identity import PatientIdentity
from densexplain.radiograph.radiograph import Radiograph
from densexplain.render.audit_report_account import account_height_px, draw_account
from densexplain.render.audit_report_head import draw_facts, draw_head, fact_lines, facts_height_px
from densexplain.render.audit_report_pictures import ReportPictures
from densexplain.render.audit_report_stability import STABILITY_PX, draw_stability
from densexplain.render.audit_report_what_ifs import WhatIfStrip
from densexplain.render.audit_report_words import set_words
from densexplain.render.printed_page import PrintedPage
from densexplain.vocabulary import FigureFormat

_ACCOUNT_SHARE = 0.64  # of the width; stability takes the rest
_GAP_PX, _MOST_GAP_PX = 24, 70
_LEAST_PICTURE_PX, _LEAST_TILE_PX = 420, 150


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

    Of a foreign radiograph finding, probabilities and logits are withheld, as
    everywhere; its pictures are printed.

    Parameters
    ----------
    audit, manifest, radiograph
        What was found, by which model set, in what.
    overruling
        The reader's own verdict with the reason; the computed verdict stays beside it.
    remark
        The reader's, at most 2000 letters. It is printed whole: long words
        make the pictures smaller and, where that does not suffice, the letters.
    identity
        Whose radiograph it is; printed only if given.
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
    facts = fact_lines(page, audit, manifest, radiograph)
    facts_top = page.bottom - facts_height_px(facts)
    top = draw_head(page, audit, manifest, overruling, identity)
    numbers_px = max(account_height_px(page, audit, account_width), STABILITY_PX)
    room = facts_top - top - pictures.around_px - numbers_px - strip.around_px - 4 * _GAP_PX
    words = set_words(page, overruling, remark, room - _LEAST_PICTURE_PX - strip.tiles_px(_LEAST_TILE_PX))
    room -= words.height_px
    picture_px = min(pictures.wanted_px, room - strip.tiles_px(_LEAST_TILE_PX))
    tile_px = strip.tiles_px(room - picture_px)
    gap = min(_GAP_PX + (room - picture_px - tile_px) / 4, _MOST_GAP_PX)

    top = pictures.draw(top, picture_px) + gap
    page.rule(round(top - gap / 2))
    draw_account(page, audit, page.left, top, account_width)
    draw_stability(page, audit, page.left + account_width + page.gutter_px, top)
    top += numbers_px + gap
    page.rule(round(top - gap / 2))
    top = strip.draw(top, tile_px) + gap
    if words.height_px:
        page.rule(round(top - gap / 2))
        words.draw(page, top)
    draw_facts(page, facts, facts_top)
    return page.encode(file_format, title=f"densexplain, audit, model set {manifest.name}", subject=NOTICE)
