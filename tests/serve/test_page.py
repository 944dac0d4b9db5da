"""The page in a real browser: what an analyst sees and does, and what hostile text does not do."""

import io
import json
import os
import re
import shutil
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest
from PIL import Image
from stix2validator import validate_string

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
from axe_playwright_python.sync_playwright import Axe  # noqa: E402 - beside playwright

EXAMPLES = Path(__file__).parents[2] / "examples"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.tools,
    pytest.mark.skipif(
        CHROMIUM is None and not os.environ.get("DECLOAK_REQUIRE_TOOLS"), reason="no chromium"
    ),
]
REPORT = """Nmap scan report for mail.example.org (198.51.100.7)
PORT   STATE SERVICE VERSION
22/tcp open  ssh     OpenSSH 8.4p1 Debian 5+deb11u1

The lure came from hxxp://evil[.]example[.]com/login \U0001f600 and 203\u200b.0.113\u200b.9, signed
billing[@]p\u0430ypal.example, with \u202efdp.exe\u202c and CVE-2021-44228; 198.51.100.7 was asked again.
"""


@pytest.fixture(scope="module")
def service(tmp_path_factory, serving):
    folder = tmp_path_factory.mktemp("page")
    with serving(folder, "--max-bytes", 32 << 20, "--reviews", folder / "r.sqlite") as made:
        yield made


def pictured(page, name, height=900):
    """Take a picture for the docs, where one is asked for; few colours make it small."""
    folder = os.environ.get("DECLOAK_SCREENSHOTS")
    if folder:
        clip = {"x": 0, "y": 0, "width": 1500, "height": height}
        shot = Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("RGB")
        shot.quantize(128).save(f"{folder}/{name}.png", optimize=True)


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as made:
        opened = made.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def page(browser, service):
    with looked_at(browser, service) as made:
        yield made


@contextmanager
def looked_at(browser, service):
    """Open the page; whatever the console or the network says against it fails the test."""
    context = browser.new_context(viewport={"width": 1500, "height": 900})
    made = context.new_page()
    made.trouble = []
    made.on(
        "console",
        lambda each: made.trouble.append(each.text) if each.type in {"error", "warning"} else None,
    )
    made.on("pageerror", lambda each: made.trouble.append(str(each)))
    made.on(
        "request",
        lambda each: (
            None
            if each.url.startswith((service.url, "blob:", "data:"))
            else made.trouble.append(each.url)
        ),
    )
    made.goto(service.url + "/")
    yield made
    assert made.trouble == []
    context.close()


def extracted(page, text):
    page.evaluate("(text) => { document.getElementById('text').value = text; }", text)
    page.click("button.main")
    page.wait_for_selector("#results:not([hidden]) .line")
    page.wait_for_selector("button.main:not([disabled])")


def test_a_disguised_report_is_read(page):
    extracted(page, REPORT)
    assert "entities in 1 document" in page.inner_text("#status")
    decoded = page.inner_text("#window")
    assert "http://evil.example.com/login" in decoded
    assert "U+200B" in decoded
    assert page.locator(".raw mark.network", has_text="hxxp").count() == 1
    # The two sides of an edit are linked.
    page.hover(".raw .edit >> nth=0")
    assert page.locator(".decoded .linked").count() >= 1
    # Keys lead from one entity to the next, with its details.
    page.click("#tab-entities")
    page.keyboard.press("n")
    assert "mail.example.org" in page.inner_text("#detail")
    page.fill("#search", "203.0")
    page.click("#list .item")
    detail = page.inner_text("#detail")
    assert "203.0.113.9" in detail
    assert "ZERO WIDTH SPACE" in detail
    page.fill("#search", "")
    page.click("#list .item:has-text('pypal')")
    assert "U+0430 CYRILLIC SMALL LETTER A" in page.inner_text("#detail")
    assert page.locator(".raw mark", has_text="U+202E").count() or "U+202E" in page.inner_text(
        "#window"
    )
    pictured(page, "page", 880)
    page.select_option("#order", "count")
    assert page.inner_text("#list .item >> nth=0").endswith("×2")
    page.click("#groups button >> text=DOMAIN")
    assert page.locator(".raw mark", has_text="mail.example.org").count() == 0
    page.click("#tab-records")  # host -> port -> service, each leading to where it stands
    records = page.inner_text("#records")
    assert "1 hosts, 1 ports" in records
    assert "22/tcp  open  ssh  OpenSSH  8.4p1" in records
    page.click("#records .port summary")
    expect(page.locator("#records .port .field").nth(4)).to_be_attached()
    page.click("#records .to >> text=198.51.100.7")


def test_exports_are_what_the_platforms_read(page, tmp_path):
    extracted(page, REPORT)
    with page.expect_download() as found:
        page.click("text=STIX")
    path = tmp_path / "bundle.json"
    found.value.save_as(path)
    assert validate_string(path.read_text()).is_valid
    with page.expect_download() as found:
        page.click("button >> text=JSON")
    found.value.save_as(path)
    assert json.loads(path.read_text())["id"] == "pasted"


HOSTILE = """<script>window.hit=1</script><img src=x onerror=window.hit=1><svg onload=window.hit=1>
</textarea><style>*{display:none}</style> javascript:alert(1) http://<b>evil</b>.example.org/"onmouseover="hit=1
\u202egnp.exe\u202c 198.51.100.7 <a href="javascript:window.hit=1">x</a> {{7*7}} ${window.hit=1}
"""


def test_hostile_text_is_text(page):
    extracted(page, HOSTILE + "x" * 200_000 + " 198.51.100.9\n")
    page.click("#tab-entities")
    for _ in range(10):
        page.keyboard.press("n")
    assert page.evaluate("window.hit") is None
    assert (
        page.locator("#window script, #window img, #window svg, #window a, #window style").count()
        == 0
    )
    assert "<script>window.hit=1</script>" in page.inner_text("#window").replace("\n", "")
    page.keyboard.press("f")
    expect(page.locator("#status")).to_contain_text("Flagged")
    page.click("#go-review")
    page.wait_for_selector("#card .keys")
    for key in ("m", "Escape", "a", "u"):
        page.keyboard.press(key)
    expect(page.locator("#status")).to_contain_text("Took back")
    page.keyboard.press("r")
    expect(page.locator("#decided .past")).not_to_have_count(0)
    assert page.evaluate("window.hit") is None
    assert page.locator("#review script, #review img, #review svg, #review a").count() == 0


def test_offsets_of_code_points_and_units_agree(page):
    dice = Random(5)
    signs = "a\n\u200b\U0001f600\U00010348e\u0301\u202e漢"
    for _ in range(60):
        text = "".join(dice.choice(signs) for _ in range(dice.randint(0, 40)))
        said = page.evaluate(
            "async (text) => { const { Offsets } = await import('/offsets.js'); const made = new Offsets(text); const all = [...Array(made.points + 1).keys()];"
            " return all.map((each) => [made.unit(each), made.point(made.unit(each))]); }",
            text,
        )
        right = [len(text[:place].encode("utf-16-le")) // 2 for place in range(len(text) + 1)]
        assert said == [[unit, place] for place, unit in enumerate(right)]


def test_large_documents_draw_only_what_is_seen(page):
    rows = "".join(
        f"10.{n >> 8 & 255}.{n & 255}.{n % 251} host{n}.example.org {'-' * 160}\n"
        for n in range(25_000)
    )
    assert len(rows) > 4_800_000
    extracted(page, rows)
    assert "50,000 entities" in page.inner_text("#status")
    for share in (0.5, 1):
        page.evaluate(
            "(share) => { const view = document.getElementById('view'); view.scrollTop = view.scrollHeight * share; }",
            share,
        )
        expect(page.locator(".line .number").first).not_to_have_text("1")
        assert page.locator("#view *").count() < 2_000
    assert "host24999" in page.inner_text("#window")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_can_be_used_without_seeing_it(browser, service, scheme):
    context = browser.new_context(bypass_csp=True, color_scheme=scheme)
    made = context.new_page()
    made.goto(service.url + "/")
    extracted(made, REPORT)
    made.click("#list .item >> nth=0")
    made.keyboard.press("f")
    expect(made.locator("#status")).to_contain_text("Flagged")
    for room in ("#tab-records", "#go-review", "#card button:has-text('Missed')"):
        made.click(room)
        made.wait_for_timeout(200)
        found = Axe().run(made).response["violations"]
        assert [(room, each["id"], each["nodes"][0]["html"]) for each in found] == []
    made.set_viewport_size({"width": 380, "height": 800})
    assert made.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


def test_files_and_their_failures(page, tmp_path):
    (tmp_path / "a.txt").write_text(REPORT)
    (tmp_path / "b.bin").write_bytes(b"\x7fELF\x00\x01")
    page.set_input_files("#files", [tmp_path / "a.txt", tmp_path / "b.bin"])
    page.wait_for_selector("#results:not([hidden]) .line")
    assert page.locator("#document option").all_inner_texts() == ["a.txt", "b.bin (failed)"]
    page.select_option("#document", "1")
    assert "ELF" in page.inner_text("#warnings")


PAGE = """<html><body><p>Seen at <b>shown.example.org</b>.<span style="display:none">Not 198.51.100.9 there</span></p>
<p hidden>and unseen.example.net</p></body></html>"""


def test_what_no_reader_of_a_source_sees_is_marked(page, tmp_path):
    (tmp_path / "a.html").write_text(PAGE)
    page.set_input_files("#files", tmp_path / "a.html")
    page.wait_for_selector("#results:not([hidden]) .line")
    assert page.locator(".raw .unseen").all_inner_texts()[:3] == ["Not ", "198.51.100.9", " there"]
    assert page.locator(".raw mark:not(.unseen)").all_inner_texts() == ["shown.example.org"]
    assert page.locator("#list .item", has_text="hidden").count() == 2
    assert "hidden text" in page.inner_text("#warnings")


def test_pages_of_a_pdf_have_boxes_where_their_entities_stand(page):
    page.set_input_files("#files", EXAMPLES / "report.pdf")
    page.wait_for_selector("#views:not([hidden])")
    page.click("#look-pages")
    page.wait_for_selector("#pages svg")
    assert "Indicators" in page.locator("#pages svg text").all_text_contents()
    boxes = page.locator("#pages rect[data-entity]")
    assert f"{boxes.count()} places" in page.inner_text("#count")
    boxes.nth(2).click()
    assert "https://update.example.org/a.php" in page.inner_text("#detail")
    line = page.locator("#pages svg text", has_text="hxxps://update")
    outer, inner = line.bounding_box(), page.locator("#pages rect.chosen").bounding_box()
    assert abs(outer["y"] + outer["height"] / 2 - inner["y"] - inner["height"] / 2) < 6
    assert outer["x"] - 3 <= inner["x"] <= outer["x"] + outer["width"]
    pictured(page, "pages")


NAMES = [f"{name}.py" for name in (
    "alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliett", "kilo", "lima",
)]  # fmt: skip


def decided(page):
    return page.locator("#decided .past").all_inner_texts()


def filled(page):
    """Put a document into the queue, one entity flagged; return how many items wait for ann."""
    page.check("#review-too")
    extracted(
        page, REPORT + "\nIt ran " + " and ".join([*NAMES, NAMES[0]]) + ", said Contoso today.\n"
    )
    assert page.locator(".raw mark.held").count() >= len(NAMES)
    page.keyboard.press("n")
    page.keyboard.press("f")  # flag what was accepted, and with it the document is in the queue
    expect(page.locator("#status")).to_contain_text("Flagged")
    page.click("#go-review")
    page.fill("#who", "ann")
    page.press("#who", "Tab")
    page.wait_for_selector("#card .keys")
    page.evaluate("document.activeElement.blur()")
    assert "flagged" in page.inner_text("#card")  # what a person doubts comes first
    pictured(page, "review", 490)
    return int(page.inner_text("#progress-text").split(", ")[1].split()[0])


def reviewed(page):
    """Decide by keys alone, each of them once."""
    press = page.keyboard.press
    press("a")
    press("r")
    press("A" if "like this wait" in page.inner_text("#card") else "a")
    press("l")
    expect(page.locator("#new-label option").nth(10)).to_be_attached()
    page.keyboard.type("FILE_N")
    press("Enter")
    page.wait_for_selector("#card .keys")
    press("v")
    page.wait_for_selector("#new-value")
    press("End")
    page.keyboard.type("c")
    press("Enter")
    page.wait_for_selector("#card .keys")
    press("s")
    page.wait_for_selector("#card .change")
    place = page.inner_text("#context mark")
    press("ArrowLeft")
    press("Shift+ArrowRight")
    assert page.inner_text("#context mark") == place[1:-1]
    press("Enter")
    page.wait_for_selector("#card .keys")
    for key in "rkaau":  # k: later; u: takes the last one back
        press(key)
    expect(page.locator("#status")).to_contain_text("Took back")
    expect(page.locator("#decided .past")).to_have_count(8)
    press("m")
    page.wait_for_selector("#card .change")
    for _ in range(60):
        if "Contoso" in page.inner_text("#context mark"):
            break
        press("ArrowDown")
    page.focus("#new-label")
    expect(page.locator("#new-label option").nth(10)).to_be_attached()
    page.keyboard.type("ORGANI")
    press("Enter")
    page.wait_for_selector("#card .keys")
    press("a")
    press("r")


def disagreed(page, total):
    """Let a second person reject everything, and look at the conflicts."""
    page.fill("#who", "bob")
    page.press("#who", "Tab")
    expect(page.locator("#decided .past")).to_have_count(0)
    page.evaluate("document.activeElement.blur()")
    for _ in range(total + 1):  # what ann added is asked about, too
        page.keyboard.press("r")
    expect(page.locator("#card")).to_contain_text("Nothing is left")
    expect(page.locator("#list-conflicts")).to_have_text(re.compile("Conflicts [5-8]"))
    page.click("#list-conflicts")
    page.wait_for_selector("#card .views")
    assert "ann: " in page.inner_text("#card .views")
    assert "bob: reject" in page.inner_text("#card .views")
    assert "ann and bob" in page.inner_text("#agreement")
    pictured(page, "conflict", 560)


def test_what_was_missed_is_marked_in_the_text_and_added(page, service):
    text = "\U0001f600 ab\u200bcd\u200bZorb\u200blax 198.51.100.7 in lab"
    extracted(page, text)
    start, end = text.index("Zorb"), text.index("lax") + 3
    page.evaluate(  # as a mouse does: from the code point behind a sign to one behind another
        """() => {
          const bits = [...document.querySelectorAll('.raw .bit')];
          const texts = bits.flatMap((each) => [...each.childNodes]).filter((each) => each.nodeType === 3);
          const [first, last] = [texts.find((each) => each.data.startsWith('Zorb')), texts.find((each) => each.data.startsWith('lax'))];
          getSelection().setBaseAndExtent(first, 0, last, 3);
          document.getElementById('view').dispatchEvent(new MouseEvent('mouseup'));
        }"""
    )
    page.select_option("#detail select", "MALWARE")
    page.click("#detail button.main")
    expect(page.locator("#status")).to_contain_text("Added MALWARE")
    items = service.client.get("/v1/review/decided").json()
    assert (items[0]["start"], items[0]["end"], items[0]["label"]) == (start, end, "MALWARE")
    assert items[0]["text"] == text[start:end]


@pytest.fixture
def desk(browser, tmp_path, serving):
    """A service with a store of its own, and its page."""
    store = tmp_path / "r.sqlite"
    with serving(tmp_path, "--reviews", store) as service, looked_at(browser, service) as page:
        yield service, page


def test_ten_items_are_reviewed_by_keyboard_and_found_after_a_reload(desk):
    service, page = desk
    total = filled(page)
    reviewed(page)
    expect(page.locator("#decided .past")).to_have_count(11)
    before = decided(page)
    kinds = {line.split("\n")[0] for line in before}
    assert kinds == {"accept", "reject", "change", "add"}
    assert any("Contoso" in line and "ORGANIZATION" in line for line in before)
    page.reload()
    page.wait_for_selector("#go:not([hidden])")
    page.click("#go-review")
    expect(page.locator("#decided .past")).to_have_count(11)
    assert decided(page) == before
    assert page.input_value("#who") == "ann"
    # What the page says is what the store holds.
    stats = service.client.get("/v1/review/stats", params={"reviewer": "ann"}).json()
    assert (stats["mine"], stats["left"]) == (len(before), total - len(before) + 1)
    rows = [json.loads(line) for line in service.client.get("/v1/review/export").text.splitlines()]
    said = {(each["label"], each["value"]) for row in rows for each in row["entities"]}
    assert ("ORGANIZATION", "Contoso") in {(label, value.rstrip(",")) for label, value in said}
    disagreed(page, total)
