"""What a real Chromium makes of the HTML report: run by a Python that has Playwright, prints JSON.

`python chromium_session.py CHROMIUM FOLDER` looks at every page in FOLDER, and leaves screenshots there.
"""

import functools
import http.server
import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Browser, Page, sync_playwright

WIDTHS = {"phone": (360, 780), "desktop": (1280, 900)}
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")

# Every text that is seen, with how it stands out from what is painted behind it.
CONTRAST = """() => {
  const parts = text => { const found = text.match(/[\\d.]+/g).map(Number);
    return found.length < 4 ? [...found, 1] : found };
  const light = ([r, g, b]) => { const [x, y, z] = [r, g, b].map(v => { v /= 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4 });
    return 0.2126 * x + 0.7152 * y + 0.0722 * z };
  const behind = element => { for (; element; element = element.parentElement) {
    const found = parts(getComputedStyle(element).backgroundColor); if (found[3]) return found }
    return [255, 255, 255, 1] };
  const reported = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode.data.trim(), element = walk.currentNode.parentElement;
    if (!text || element.closest("option")) continue;
    const style = getComputedStyle(element), svg = element instanceof SVGElement;
    const a = light(parts(svg ? style.fill : style.color)), b = light(behind(element));
    reported.push([(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), text.slice(0, 40)]);
  }
  return reported }"""

# What sticks out to the right, in pixels; the skip link and what only a screen reader reads lie aside.
WIDE = """() => [...document.querySelectorAll("body *")].filter(one => !one.closest(".unseen, .skip, svg"))
  .map(one => [one.getBoundingClientRect().right, one.tagName + "." + one.className])
  .filter(([right]) => right > innerWidth + 0.5)"""

# Texts of one row, or of one article's head, that lie upon each other.
OVERLAPS = """() => { const reported = [];
  for (const row of document.querySelectorAll("tr, header, .figures div, article dl > div, fieldset")) {
    const boxes = [...row.children].filter(one => !one.closest(".unseen") && one.tagName != "LEGEND")
      .map(one => one.getBoundingClientRect()).filter(box => box.width > 1 && box.height > 1);
    boxes.forEach((a, i) => boxes.slice(i + 1).forEach(b => {
      const x = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const y = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (x > 1 && y > 1) reported.push(row.textContent.slice(0, 60)) })) }
  return reported }"""

OUTLINE = """() => ({
  headings: [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map(one => Number(one.tagName[1])),
  landmarks: [...document.querySelectorAll("body > *, main > *")].map(one => one.tagName.toLowerCase()),
  scripts: document.scripts.length,
  dangling: [...document.querySelectorAll("a")].map(one => one.getAttribute("href"))
    .filter(href => !document.getElementById(href.slice(1))),
  text: document.body.innerText })"""

SHOWN = """selector => [...document.querySelectorAll(selector)].filter(one => one.checkVisibility()).length"""


class Pages(http.server.SimpleHTTPRequestHandler):
    """Serves the folder, and records the requests."""

    requests: list[str] = []  # noqa: RUF012 - one for all

    def do_GET(self) -> None:
        """Serve a file."""
        self.requests.append(self.path)
        super().do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


def look(browser: Browser, address: str, folder: Path, name: str) -> dict[str, Any]:
    """Look at a page at both widths, in the light and in the dark."""
    reported: dict[str, Any] = {}
    for width, (across, down) in WIDTHS.items():
        for scheme in ("light", "dark"):
            context = browser.new_context(
                viewport={"width": across, "height": down},
                color_scheme="dark" if scheme == "dark" else "light",
            )
            page = context.new_page()
            said: list[str] = []
            page.on("console", lambda message, said=said: said.append(message.text))
            page.on("pageerror", lambda error, said=said: said.append(str(error)))
            Pages.requests.clear()
            page.goto(address)
            picture = folder / f"{name}-{width}-{scheme}.png"
            page.screenshot(path=picture, full_page=True)
            reported[f"{width} {scheme}"] = {
                "requests": list(Pages.requests),
                "said": list(said),
                "picture": str(picture),
                "scroll": page.evaluate("document.documentElement.scrollWidth"),
                "wide": page.evaluate(WIDE),
                "overlaps": page.evaluate(OVERLAPS),
                "contrast": page.evaluate(CONTRAST),
                "axe": axe(page),
                **page.evaluate(OUTLINE),
            }
            context.close()
    return reported


def axe(page: Page) -> list[str]:
    """Ask axe-core, which knows the rules of WCAG."""
    page.evaluate(AXE.read_text("utf-8"))
    result = page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice']})"
    )
    return [
        f"{one['id']}: {one['help']}: {node['html'][:200]}"
        for one in result["violations"]
        for node in one["nodes"][:3]
    ]


def use(browser: Browser, address: str) -> dict[str, Any]:
    """Work the page with a keyboard alone, and without scripts."""
    page = browser.new_context(java_script_enabled=False).new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(address)
    steps: dict[str, Any] = {"before": counts(page)}
    page.keyboard.press("Tab")
    steps["first"] = focus(page)
    page.keyboard.press("Enter")
    steps["skipped to"] = focus(page)
    page.keyboard.press("Tab")
    steps["next"] = focus(page)
    page.keyboard.press("Space")
    steps["without fails"] = counts(page)
    page.keyboard.press("Enter")  # sends nothing anywhere
    steps["address"] = page.url == address + "#main"
    tab_to(page, "root")
    page.keyboard.press("ArrowDown")
    steps["of a root"] = counts(page)
    page.keyboard.press("Tab")
    steps["last"] = focus(page)
    page.keyboard.press("Enter")
    steps["after"] = counts(page)
    page.emulate_media(media="print")
    steps["print"] = counts(page) | {"filters": page.evaluate(SHOWN, "fieldset, nav, .skip")}
    steps["pages"] = page.pdf(format="A4").count(b"/Type /Page\n")
    page.goto(f"{address}#findings-only")
    steps["findings only"] = counts(page) | {
        "others": page.evaluate(SHOWN, "#control, #retention, .back"),
        "fewer pages": page.pdf(format="A4").count(b"/Type /Page\n") < steps["pages"] / 2,
    }
    page.emulate_media(media="screen")
    page.locator(".back a").click()
    steps["back"] = page.evaluate(SHOWN, "#control, #retention")
    steps["said"] = said
    return steps


def counts(page: Page) -> dict[str, int]:
    """Count what is shown."""
    selectors = ("article", "tbody tr.fail", "article.fail", ".root", ".filtered")
    return {selector: page.evaluate(SHOWN, selector) for selector in selectors}


def focus(page: Page) -> list[str]:
    """Say where the keyboard is, and how that is seen."""
    found: list[str] = page.evaluate(
        "(one => [one.id || one.className || one.tagName, getComputedStyle(one).outlineStyle])"
        "(document.activeElement)"
    )
    return found


def tab_to(page: Page, place: str) -> None:
    """Press Tab until the keyboard is there."""
    for _ in range(20):
        if focus(page)[0] == place:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way to {place} by keyboard")


def load(browser: Browser, address: str) -> dict[str, float]:
    """Measure how long a page takes to be there, and to be filtered."""
    page = browser.new_page()
    start = time.monotonic()
    page.goto(address)
    page.screenshot()
    loaded = time.monotonic()
    page.locator("#show-fail").uncheck()
    page.evaluate(SHOWN, "article")
    return {"load": loaded - start, "filter": time.monotonic() - loaded}


def main(chromium: str, folder: Path) -> None:
    """Look at the pages."""
    serve = functools.partial(Pages, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_address[1]}"
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        # The sandbox cannot be had by root, in a container for instance; the pages are our own.
        browser = playwright.chromium.launch(executable_path=chromium, chromium_sandbox=not is_root)
        reported = {
            "everything": look(browser, f"{base}/everything.html", folder, "everything"),
            "empty": look(browser, f"{base}/empty.html", folder, "empty"),
            "use": use(browser, f"{base}/everything.html"),
            "large": load(browser, f"{base}/large.html"),
        }
        browser.close()
    server.shutdown()
    sys.stdout.write(json.dumps(reported))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
