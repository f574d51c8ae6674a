"""How report.html looks and works: without JavaScript, on a phone, in the dark, for those who do not see it."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract_kit.findings.results import Result
from tests.browser.conftest import Show, Shown
from tests.reports import sample

PHONE = 360
RESULTS = {
    "sample": sample.sample,
    "hostile": sample.hostile,
    "nearly-empty": sample.nearly_empty,
    "clean": sample.clean,
}

# Every element with text of its own whose contrast to what lies behind it is too low (WCAG AA: 4.5, large text 3).
LOW_CONTRAST = """() => {
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
    const rgba = colour => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
        return [r, g, b, a / 255];
    };
    const light = ([r, g, b]) => {
        const [x, y, z] = [r, g, b].map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    const behind = element => {
        for (let each = element; each; each = each.parentElement) {
            const colour = rgba(getComputedStyle(each).backgroundColor);
            if (colour[3] === 1) return colour;
        }
        return [255, 255, 255, 1];
    };
    const low = [];
    for (const element of document.querySelectorAll('body *')) {
        if (![...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue;
        const style = getComputedStyle(element);
        const [one, other] = [light(rgba(style.color)), light(behind(element))].sort((a, b) => b - a);
        const size = parseFloat(style.fontSize);
        const large = size >= 24 || (size >= 18.66 && parseInt(style.fontWeight) >= 700);
        const ratio = (one + 0.05) / (other + 0.05);
        if (ratio < (large ? 3 : 4.5)) low.push(`${ratio.toFixed(2)} ${element.tagName}.${element.className}`);
    }
    return low;
}"""

# What sticks out of the page to the right and is in no container that scrolls.
STICKS_OUT = """() => [...document.querySelectorAll('body *')]
    .filter(element => element.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
    .filter(element => !element.closest('.scroll, nav ul, caption'))
    .map(element => `${element.tagName}.${element.className}`)"""

# What the rules of accessibility that a machine can hold say of the page.
INACCESSIBLE = """() => {
    const wrong = [];
    const named = element => element.getAttribute('aria-label') || element.labels?.length
        || document.getElementById(element.getAttribute('aria-labelledby'))?.textContent.trim()
        || element.textContent.trim();
    if (!document.documentElement.lang || !document.title) wrong.push('no language or title');
    for (const landmark of ['header', 'nav', 'main', 'footer'])
        if (document.querySelectorAll(`body > ${landmark}`).length !== 1) wrong.push(`not one ${landmark}`);
    let level = 0;
    for (const heading of document.querySelectorAll('h1, h2, h3, h4, h5, h6')) {
        const next = Number(heading.tagName[1]);
        if (next > level + 1) wrong.push(`${heading.tagName} after h${level}`);
        level = next;
    }
    for (const element of document.querySelectorAll('a, input, summary, section, article, [role=region], nav'))
        if (!named(element)) wrong.push(`${element.tagName} without a name`);
    for (const cell of document.querySelectorAll('th'))
        if (!['row', 'col'].includes(cell.scope)) wrong.push('th without scope');
    for (const table of document.querySelectorAll('table')) {
        if (!table.caption) wrong.push('table without caption');
        const widths = new Set([...table.rows].map(row => row.cells.length));
        if (widths.size !== 1) wrong.push('table with holes');
    }
    for (const box of document.querySelectorAll('.scroll'))
        if (box.tabIndex !== 0) wrong.push('a table that no key scrolls');
    for (const link of document.querySelectorAll('a[href^="#"]'))
        if (!document.getElementById(link.hash.slice(1))) wrong.push(`nothing at ${link.hash}`);
    const ids = [...document.querySelectorAll('[id]')].map(element => element.id);
    if (new Set(ids).size !== ids.length) wrong.push('an id twice');
    return wrong;
}"""


@pytest.fixture(params=[False, True], ids=["light", "dark"])
def dark(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(params=RESULTS)
def result(request: pytest.FixtureRequest) -> Result:
    return RESULTS[request.param]()


def opened(shown: Shown) -> Shown:
    """With everything unfolded that a click unfolds."""
    for summary in shown.page.locator("summary").all():
        summary.click()
    return shown


@pytest.mark.parametrize("width", [320, PHONE, 768, 1280])
def test_page_never_scrolls_sideways(show: Show, result: Result, width: int) -> None:
    shown = opened(show(result, width=width))
    assert shown.computed("document.documentElement.scrollWidth") <= width
    assert shown.computed(STICKS_OUT) == []


def test_what_sticks_out_is_noticed(show: Show) -> None:
    shown = show(sample.sample(), width=PHONE)
    shown.computed("document.querySelector('h1').style.width = '500px'")
    assert shown.computed(STICKS_OUT)


def test_wide_tables_scroll_within_themselves(show: Show) -> None:
    shown = show(sample.sample(), width=PHONE)
    box = shown.page.get_by_role("region", name="Seen of the document", exact=True)
    assert box.evaluate("box => box.scrollWidth > box.clientWidth")
    box.focus()
    shown.page.keyboard.press("ArrowRight")
    shown.page.wait_for_timeout(500)
    assert box.evaluate("box => box.scrollLeft") > 0


@pytest.mark.parametrize("width", [PHONE, 1280])
@pytest.mark.parametrize(
    ("make", "verdict"),
    [
        (sample.sample, "Does not conform"),
        (sample.clean, "Conforms"),
        (lambda: sample.sample(findings=()), "Inconclusive"),
    ],
    ids=["findings", "conforms", "inconclusive"],
)
def test_verdict_is_what_one_sees_first(show: Show, make: object, verdict: str, width: int) -> None:
    assert callable(make)
    shown = show(make(), width=width)
    heading = shown.page.get_by_role("heading", level=1)
    assert heading.inner_text().split("\n")[-1].strip() == verdict
    box = heading.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < 150
    assert shown.page.get_by_text("no evidence about the live API").is_visible()


@pytest.mark.parametrize("width", [PHONE, 1280])
def test_every_finding_can_be_read_without_a_click(show: Show, width: int) -> None:
    shown = show(sample.sample(), width=width)
    articles = shown.page.get_by_role("article")
    assert articles.count() == len(sample.FINDINGS)
    for finding in sample.FINDINGS:
        article = shown.page.locator(f"#finding-{finding.fingerprint}")
        article.scroll_into_view_if_needed()
        parts = [finding.operation, finding.location, finding.value, finding.expected, finding.remedy, finding.note]
        parts += [finding.impact, finding.examples[0].request, finding.examples[0].evidence.split("\n")[0]]
        for part in [*parts, f"vla recheck {finding.fingerprint}"]:
            assert not part or article.get_by_text(part).first.is_visible(), part


def test_all_examples_are_there_after_a_click(show: Show) -> None:
    shown = show(sample.sample())
    request = shown.page.get_by_text("GET /v1/Video/Rooms?Codec=VP8&Codec=opus&PageSize=1000")
    assert not request.is_visible()
    shown.page.get_by_text("1 more example").click()
    assert request.is_visible()


def test_unseen_items_are_there_after_a_click(show: Show) -> None:
    shown = show(sample.sample())
    item = shown.page.get_by_text("/rooms/*/processing_state=not_started", exact=True)
    assert not item.is_visible()
    shown.page.get_by_text("list_rooms: 5 not seen").click()
    assert item.is_visible()


def test_boxes_hide_by_severity_without_a_script(show: Show) -> None:
    shown = show(sample.sample())
    shown.page.get_by_role("checkbox", name="breaking").uncheck()
    visible = shown.page.locator("article:visible")
    assert visible.count() == sum(finding.severity != "breaking" for finding in sample.FINDINGS)
    shown.page.get_by_role("checkbox", name="breaking").check()
    assert visible.count() == len(sample.FINDINGS)


def test_heat_map_tells_shares_apart_by_shade_and_by_words(show: Show, *, dark: bool) -> None:
    cells = show(sample.sample(), dark=dark).page.locator(".heat-map td.heat")
    shades = {
        (
            cell.inner_text().split("\n")[-1].strip().split()[-1],
            cell.evaluate("cell => getComputedStyle(cell).background"),
        )
        for cell in cells.all()
        if cell.inner_text().endswith("all") or "1/5" in cell.inner_text() or "0/2" in cell.inner_text()
    }
    assert len({shade for _, shade in shades}) == 3


def test_dark_is_dark(show: Show) -> None:
    background = "getComputedStyle(document.body).backgroundColor"
    assert show(sample.sample(), dark=True).computed(background) == "rgb(14, 17, 22)"
    assert show(sample.sample()).computed(background) == "rgb(245, 246, 248)"


def test_contrast(show: Show, result: Result, *, dark: bool) -> None:
    assert opened(show(result, dark=dark)).computed(LOW_CONTRAST) == []


def test_low_contrast_is_noticed(show: Show) -> None:
    shown = show(sample.sample())
    shown.computed("document.querySelector('h1').style.color = '#eee'")
    assert len(shown.computed(LOW_CONTRAST)) == 2


def test_accessible(show: Show, result: Result) -> None:
    assert show(result).computed(INACCESSIBLE) == []


@pytest.mark.parametrize(
    "fault",
    [
        "document.querySelector('th').removeAttribute('scope')",
        "document.querySelector('main').remove()",
        "document.querySelector('h2').outerHTML = '<h3>x</h3>'",
        "document.querySelector('.scroll').removeAttribute('tabindex')",
        "document.querySelector('#coverage').remove()",
        "document.querySelector('label').replaceWith(document.querySelector('input'))",
    ],
)
def test_what_is_inaccessible_is_noticed(show: Show, fault: str) -> None:
    shown = show(sample.sample())
    shown.computed(fault)
    assert shown.computed(INACCESSIBLE)


def test_keyboard_reaches_the_findings_first(show: Show) -> None:
    shown = show(sample.sample())
    shown.page.keyboard.press("Tab")
    assert shown.page.locator(":focus").inner_text() == "Skip to the findings"
    shown.page.keyboard.press("Enter")
    shown.page.wait_for_url("**/report.html#findings")


@pytest.mark.parametrize("script", [False, True], ids=["without", "with"])
def test_asks_the_network_for_nothing_and_complains_of_nothing(show: Show, result: Result, *, script: bool) -> None:
    """With JavaScript on, a value that got through as markup would run, or be refused by the policy: both show."""
    shown = opened(show(result, script=script))
    assert shown.requests == [shown.url]
    assert shown.complaints == []


def test_policy_refuses_what_would_get_through(show: Show) -> None:
    """The second line, should the first ever break."""
    shown = show(sample.sample(), script=True)
    shown.computed("document.body.insertAdjacentHTML('beforeend', '<img src=https://evil.example/x onerror=alert(1)>')")
    shown.page.wait_for_timeout(500)
    for directive in ("img-src data:", "script-src"):
        assert any("Content Security Policy" in said and directive in said for said in shown.complaints), directive
    assert "1" not in shown.complaints


def test_ten_thousand_findings_can_be_read(show: Show) -> None:
    shown = show(sample.many(10_000), width=PHONE)
    last = shown.page.locator("article").last
    last.scroll_into_view_if_needed()
    assert last.get_by_text("Remedy").is_visible()
    assert shown.computed("document.documentElement.scrollWidth") <= PHONE


@pytest.mark.parametrize("width", [PHONE, 1280])
def test_picture(show: Show, screenshots: Path, width: int, *, dark: bool) -> None:
    """For a person: tests do not see whether it is beautiful."""
    path = screenshots / f"report-{width}-{'dark' if dark else 'light'}.png"
    show(sample.sample(), width=width, dark=dark).page.screenshot(path=path, full_page=True)
    assert path.stat().st_size > 50_000
