"""The result of an audit: verdict, attribution, what-ifs and stability, from the top down."""

from __future__ import annotations

import streamlit as st

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.explain.audit.attribution import attribution_sentence
from densexplain.explain.audit.audit import Audit
from densexplain.explain.audit.verdict import Verdict
from densexplain.render.encoding import encode_png
from densexplain.render.overlay import fit_within, render_feature_overlay, with_sign
from densexplain.ui.audit import auditing
from densexplain.ui.audit import charts as audit_charts
from densexplain.ui.audit import opinion as audit_opinion
from densexplain.ui.audit import what_ifs as audit_what_ifs
from densexplain.ui.explanation import familiarity
from densexplain.ui.model_sets import performance_charts as charts
from densexplain.ui.theme import chart_colours
from densexplain.vocabulary import AuditVerdict, ColourMap, Finding
from densexplain.workspace.case import Case

_VERDICT_ICONS = {
    AuditVerdict.SUPPORTED: ":material/check_circle:",
    AuditVerdict.PARTLY: ":material/contrast:",
    AuditVerdict.SOMETHING_ELSE: ":material/alt_route:",
    AuditVerdict.FRAGILE: ":material/broken_image:",
    AuditVerdict.OPEN: ":material/help:",
}
_SPREAD_PX = 260


def draw(case: Case, audit: Audit, manifest: Manifest, *, current: bool) -> None:
    """Draw the whole result; dimmed while it does not belong to the present regions."""
    st.html(f"<style>.st-key-audit_results {{ opacity: {1 if current else 0.45}; }}</style>")
    with st.container(key="audit_results"):
        _draw_verdict(case, audit, current=current)
        _draw_attribution(audit)
        audit_what_ifs.draw(case, audit, manifest)
        _draw_stability(case, audit, manifest)


def _draw_verdict(case: Case, audit: Audit, *, current: bool) -> None:
    explanation, verdict = audit.explanation, audit.verdict
    with st.container(key="audit_verdict"):
        if explanation.label_withheld:
            familiarity.draw_withheld(explanation)
            return
        sign = ":material/circle:" if explanation.finding is Finding.NORMAL else ":material/change_history:"
        stale = "" if current else " :small[:gray[of the regions before the change]]"
        st.markdown(
            f"{_VERDICT_ICONS[verdict.verdict]} **{str(verdict.verdict).capitalize()}**{stale}  \n{verdict.sentence}",
            help=_basis(audit, verdict),
        )
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(
                f"{sign} {str(explanation.finding).capitalize()} **{explanation.probability:.2f}** "
                f":small[:gray[threshold {explanation.threshold:g} · logit {explanation.logit:+.2f}]]"
            )
            audit_opinion.draw(case, audit)
        audit_opinion.draw_opinion(case)
    familiarity.draw_warning(explanation)


def _basis(audit: Audit, verdict: Verdict) -> str:
    """What the verdict rests on: numbers, chance, and the thresholds."""
    limits, lines = audit.options.thresholds, []
    if verdict.marked_share is not None and verdict.marked_area is not None:
        lines.append(
            f"{verdict.marked_share:.0%} of the evidence for the finding lies on the marked region; by chance it would "
            f"be its share of the area, {verdict.marked_area:.0%}. At {limits.marked_evidence:.0%}, or "
            f"{limits.marked_lift:g} times chance, it counts as lying there."
        )
    if verdict.marked_push is not None:
        lines.append(
            f"The marked region moves the logit by {with_sign(verdict.marked_push, 1)} towards the finding; a flip, or "
            f"{limits.push_of_margin:.0%} of the distance to the threshold, counts as leaning on it."
        )
    if verdict.strongest is not None and verdict.strongest_push is not None:
        lines.append(
            f"Apart from the abnormality, {verdict.strongest} matters most: {with_sign(verdict.strongest_push, 1)}. It "
            f"decides if the finding flips and the logit moves by {limits.push_logits:g} and by "
            f"{limits.push_spreads:g} spreads under small changes ({audit.stability.logit_spread:.2f} each)."
        )
    lines.append(
        f"Fragile: it flips in more than {limits.flip_share:.0%} of the small changes; here in "
        f"{audit.stability.flip_share:.0%}. "
        f"A verdict is a hint, not a proof; how often it errs is measured on phantoms."
    )
    return "  \n\n".join(lines)


def _draw_attribution(audit: Audit) -> None:
    explanation = audit.explanation
    if explanation.label_withheld:
        st.markdown("**Attribution**", help=audit.attribution.blur)
    else:
        said = attribution_sentence(audit.attribution, explanation.finding, explanation.wording)
        st.markdown(f"**Attribution** :small[{said}]", help=audit.attribution.blur)
    figure = audit_charts.waterfall(audit.attribution, explanation.threshold, chart_colours(), explanation.wording)
    sums = ", ".join(
        f"{one.name} {one.evidence.net:+.2f}" for one in (*audit.attribution.entries, audit.attribution.elsewhere)
    )
    st.plotly_chart(
        figure,
        key="audit_waterfall",
        theme=None,
        config=charts.CHART_CONFIG,
        alt=f"The logit as a sum: bias {audit.attribution.bias:+.2f}, {sums}; together {audit.attribution.total:+.2f}",
    )
    st.caption(audit.attribution.blur)


def _draw_stability(case: Case, audit: Audit, manifest: Manifest) -> None:
    changes, explanation = audit.stability, audit.explanation
    low, high = changes.probability_range
    with st.container(key="stability_heading", horizontal=True, vertical_alignment="center", gap="small"):
        if explanation.label_withheld:
            st.markdown("**Stability**")
        else:
            count = int(changes.flips.sum())
            flips = f"fragile: flips in {count} of {len(changes.variants)}" if changes.fragile else "never flips"
            icon = ":material/warning: " if changes.fragile else ""
            st.markdown(
                f"**Stability** :small[{icon}{flips}, probability {low:.2f} to {high:.2f}]",
                help="The probability under small shifts, turns, crops and changes of exposure. A line is the "
                "radiograph as it is, the dashed line the threshold.",
            )
        st.segmented_control(
            "Small changes",
            auditing.VARIANTS,
            default=auditing.VARIANTS[0],
            required=True,
            key="audit_variants",
            persist_state="session",
            label_visibility="collapsed",
            help="How many small changes",
        )
    left, right = st.columns([3, 1], gap="small", vertical_alignment="center")
    with left:
        if explanation.label_withheld:
            st.caption("Probabilities are withheld with the label.")
        else:
            st.plotly_chart(
                audit_charts.stability_strip(
                    changes, explanation.logit, explanation.threshold, chart_colours(), explanation.wording
                ),
                key="audit_stability",
                theme=None,
                config=charts.CHART_CONFIG,
                alt=f"Probability under {len(changes.variants)} small changes: {low:.2f} to {high:.2f}",
            )
    with right:
        _draw_spread(case, audit, manifest)


def _draw_spread(case: Case, audit: Audit, manifest: Manifest) -> None:
    changes = audit.stability

    def render() -> bytes:
        rows, columns = audit.pixels.shape
        height_px, width_px = fit_within(rows, columns, min(rows, _SPREAD_PX), min(columns, _SPREAD_PX))
        overlay = render_feature_overlay(
            audit.pixels,
            changes.map_spread,
            colour_map=ColourMap.CIVIDIS,
            height_px=height_px,
            width_px=width_px,
            resize=manifest.specification.resize,
            smooth=True,
        )
        return encode_png(overlay.image)

    agreement = "" if changes.map_agreement is None else f"; rank correlation {changes.map_agreement:.2f}"
    st.html(
        audit_what_ifs.figure(
            case.audits.remember(audit, "map spread", render),
            "map spread",
            f"up to {float(changes.map_spread.max()):.1f} logits{agreement}",
        )
    )
