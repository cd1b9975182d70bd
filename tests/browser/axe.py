"""What axe-core finds on a page that is open in a browser."""

import pytest

axe_script = pytest.importorskip("axe_playwright_python.base").AXE_SCRIPT

# What stands in Streamlit's own markup, out of our reach: rule, part of the element's HTML, and why it harms nobody.
STREAMLITS: list[tuple[str, str, str]] = [
    ("aria-dialog-name", 'role="alertdialog"', "a toast is named after a title that it lacks; its text is read out"),
]
RULES = ["heading-order"]  # besides those whose impact is serious or critical
# What a script run is about to write anew is pale for a moment.
FIRM = '[data-stale="true"] { opacity: 1 !important; transition: none !important; }'
# An animation that is paused, or whose page gets no frames, never ends.
STILL = """() => Promise.race([
  Promise.allSettled(document.getAnimations()
    .filter((one) => one.effect.getComputedTiming().iterations !== Infinity).map((one) => one.finished)),
  new Promise((then) => setTimeout(then, 10000)),
])"""
RUN = """(rules) => axe.run(document, { resultTypes: ["violations"], preload: false, selectors: false, ...rules })
  .then((found) => found.violations)"""


def found(page, what: str, **rules: object) -> list[str]:
    """What axe-core finds on a page as it stands now, each with where it is."""
    page.evaluate(f"window.axe || {axe_script}")
    page.add_style_tag(content=FIRM)
    page.evaluate(STILL)
    return [
        f"{what}: {one['id']}, {one['help']}: {node['html'][:200]}"
        for one in page.evaluate(RUN, rules)
        if one["impact"] in ("serious", "critical") or one["id"] in RULES
        for node in one["nodes"]
        if not any(rule == one["id"] and part in node["html"] for rule, part, _ in STREAMLITS)
    ]
