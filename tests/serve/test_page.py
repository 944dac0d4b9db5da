"""The page in a real browser: what an analyst sees and does, and what hostile text does not do."""

import json
import os
import shutil
from random import Random

import pytest
from stix2validator import validate_string

playwright = pytest.importorskip("playwright.sync_api")
from axe_playwright_python.sync_playwright import Axe  # noqa: E402 - beside playwright

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

The lure came from hxxp://evil[.]example[.]com/login \U0001f600 and 203\u200b.0.113\u200b.9.
"""


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as made:
        opened = made.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def page(browser, service):
    context = browser.new_context(viewport={"width": 1800, "height": 1000})
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
    page.wait_for_function("!document.querySelector('button.main').disabled")


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
    folder = os.environ.get("DECLOAK_SCREENSHOTS")
    if folder:  # the picture in the docs
        page.screenshot(path=f"{folder}/page.png")
    # Keys lead from one entity to the next, with its details.
    page.click("#tab-entities")
    page.keyboard.press("n")
    assert "mail.example.org" in page.inner_text("#detail")
    page.fill("#search", "203.0")
    page.click("#list .item")
    detail = page.inner_text("#detail")
    assert "203.0.113.9" in detail
    assert "ZERO WIDTH SPACE" in detail
    page.click("#groups button >> text=DOMAIN")
    assert page.locator(".raw mark", has_text="mail.example.org").count() == 0
    page.click("#tab-records")
    page.click("#records summary >> nth=0")
    assert "198.51.100.7" in page.inner_text("#records")


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


def test_offsets_of_code_points_and_units_agree(page):
    dice = Random(5)
    signs = "a\n\u200b\U0001f600\U00010348e\u0301\u202e漢"
    for _ in range(60):
        text = "".join(dice.choice(signs) for _ in range(dice.randint(0, 40)))
        said = page.evaluate(
            "(text) => { const made = new Offsets(text); const all = [...Array(made.points + 1).keys()];"
            " return all.map((each) => [made.unit(each), made.point(made.unit(each))]); }",
            text,
        )
        right = [len(text[:place].encode("utf-16-le")) // 2 for place in range(len(text) + 1)]
        assert said == [[unit, place] for place, unit in enumerate(right)]


def test_large_documents_draw_only_what_is_seen(page):
    rows = "".join(
        f"10.{n >> 8 & 255}.{n & 255}.{n % 251} host{n}.example.org\n" for n in range(12_000)
    )
    extracted(page, rows)
    assert "24,000 entities" in page.inner_text("#status")
    for share in (0.5, 1):
        page.evaluate(
            "(share) => { const view = document.getElementById('view'); view.scrollTop = view.scrollHeight * share; }",
            share,
        )
        page.wait_for_function("document.querySelector('.line .number').textContent !== '1'")
        assert page.locator("#view *").count() < 2_000
    assert "host11999" in page.inner_text("#window")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_can_be_used_without_seeing_it(browser, service, scheme):
    context = browser.new_context(bypass_csp=True, color_scheme=scheme)
    made = context.new_page()
    made.goto(service.url + "/")
    extracted(made, REPORT)
    made.click("#list .item >> nth=0")
    found = Axe().run(made).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
    context.close()


def test_files_and_their_failures(page, tmp_path):
    (tmp_path / "a.txt").write_text(REPORT)
    (tmp_path / "b.bin").write_bytes(b"\x7fELF\x00\x01")
    page.set_input_files("#files", [tmp_path / "a.txt", tmp_path / "b.bin"])
    page.wait_for_selector("#results:not([hidden]) .line")
    assert page.locator("#document option").all_inner_texts() == ["a.txt", "b.bin (failed)"]
    page.select_option("#document", "1")
    assert "ELF" in page.inner_text("#warnings")
