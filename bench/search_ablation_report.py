"""The ablation as a section of docs/benchmarks.md."""

from __future__ import annotations

from collections.abc import Sequence

from bench.search_ablation import IN_SCOPE_REFUSED, Row, difference


def ablation_section(rows: Sequence[Row], count: int, where: str) -> str:
    """Args: rows: the first is what the others are compared with. count: of folds."""
    whole = rows[0]
    steps = whole.steps
    asked = steps.items + steps.vague + steps.outside
    lines = [
        "## Search, what each channel brings",
        "",
        f"`wenban bench search --ablation`, {where}. {asked} development queries in {count} parts by "
        "subject; each part is measured with weights of linear scores and a sharpness that were fitted on "
        "the others, anew for every row.",
        "",
        "Points: right items first, against everything, ± their standard error over the same queries. Out "
        "of scope refused: by the probability that nothing is meant, where "
        f"{IN_SCOPE_REFUSED:.0%} of what is in scope would be refused too. The last two rows are indexes "
        "without those phrases; the encoder stays, and was trained on them. In all rows a subject's bare "
        "name leads to its question, and facet answers read from the query are not asked again.",
        "",
        "| | right item first | points | in the top three | right outcome | out of scope refused | ECE |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row in rows:
        found, led = row.kinds["all"].shares(), row.steps.shares()
        points = "" if row is whole else "{:+.1f} ± {:.1f}".format(*difference(whole, row))
        lines.append(
            f"| {row.variant.title} | {found['top1']:.3f} | {points} | {found['top3']:.3f} "
            f"| {led['decision_accuracy']:.3f} | {row.refused():.3f} | {led['ece']:.3f} |"
        )
    kinds = sorted(whole.kinds.keys() - {"all"})
    lines += [
        "",
        "Right item first by kind of query:",
        "",
        "| | " + " | ".join(f"{kind} ({whole.kinds[kind].queries})" for kind in kinds) + " |",
        "| --- |" + " ---: |" * len(kinds),
    ]
    for row in rows:
        cells = (f"{row.kinds[kind].shares()['top1']:.3f}" for kind in kinds)
        lines.append(f"| {row.variant.title} | " + " | ".join(cells) + " |")
    return "\n".join(lines)
