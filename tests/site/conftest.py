"""The built site behind a local server, and a browser that can reach nothing else.

Pages carry their security policy here too, so Playwright's ``wait_for_function``, which compiles text in the
page, is stopped: wait for a locator, or evaluate a promise.
"""

import http.server
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import expect, sync_playwright

from guide import build, redirects

# How long a machine may take that runs another worker's Python meanwhile, not what a reader waits.
expect.set_options(timeout=30_000)

ROOT = Path(__file__).resolve().parent.parent.parent
# Chromium takes only the last list of features, so this one repeats those of Playwright's that a test could
# notice. The two others draw the address bar of each window by pages of their own, in processes of their own:
# half of what a new context costs, for a window that nobody sees.
DISABLED = [
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
]
FLAGS = [
    f"--disable-features={','.join(DISABLED)}",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # nothing but this machine can be reached
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def server():
    """Serves whatever folder is put into its ``site`` attribute later."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, request, client, server):
            super().__init__(request, client, server, directory=server.site)

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def site(tmp_path_factory, server) -> Path:
    """The pages as a reader gets them, for reading only: the workers share the files."""
    built = _built_once(tmp_path_factory)
    site = tmp_path_factory.mktemp("served") / "site"
    shutil.copytree(built, site, copy_function=os.link)
    # Instant loading takes a click only if the sitemap names the page, so the sitemap must know this address.
    sitemap = site / "sitemap.xml"
    text = sitemap.read_text(encoding="utf-8")
    home = f"<loc>{text.partition('<loc>')[2].partition('</loc>')[0]}"
    assert text.count(home) == text.count("<loc>") > 100
    sitemap.unlink()  # writing into it would change it for the other worker too
    sitemap.write_text(text.replace(home, f"<loc>http://127.0.0.1:{server.server_port}/"), encoding="utf-8")
    server.site = site
    return site


# Runs in a process of its own: a build takes gigabytes, which this worker would keep to its end.
BUILD = """
import sys
from pathlib import Path

from guide import build

root, site = Path.cwd(), Path(sys.argv[1])
build.build_pages(root, site)
for _, finish in build.STEPS:
    finish(root, site)
"""


def _built_once(tmp_path_factory) -> Path:
    """What `make site` built if nothing changed since, else a fresh build by one of pytest's workers."""
    # Each worker has a folder of its own in one that they share.
    shared = tmp_path_factory.getbasetemp().parent if "PYTEST_XDIST_WORKER" in os.environ else (
        tmp_path_factory.getbasetemp())
    target = shared / "built" / "site"
    with FileLock(shared / "built.lock"):
        if not target.exists():
            fresh = target.with_name("fresh")
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.parent.mkdir(exist_ok=True)
            if build.is_current(ROOT):
                shutil.copytree(ROOT / "site", fresh)  # a copy, so that no test can touch the reader's own
            else:
                done = subprocess.run([sys.executable, "-W", "error", "-c", BUILD, str(fresh)], cwd=ROOT,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
                assert done.returncode == 0, f"the site was not built:\n{done.stdout[-3000:]}"
            fresh.rename(target)  # only a whole site carries the name
    return target


@pytest.fixture(scope="session")
def address(site, server) -> str:
    return f"http://127.0.0.1:{server.server_port}"


@pytest.fixture(scope="session")
def browser():
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        pytest.fail("no browser found: install Debian's package chromium, or set CHROMIUM to a path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def opened(browser, address):
    """Opens a page in a window of its own, with the options of a browser's context."""
    contexts = []

    def open_page(path: str, **options):
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.goto(address + path, wait_until="load")
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def page_paths(site) -> list[str]:
    """The address of every page, from the sitemap's point of view: a folder with an index."""
    return sorted(
        "/" + path.parent.relative_to(site).as_posix().removeprefix(".") + "/"
        for path in site.rglob("index.html")
        if not redirects.is_redirect(path)
    )
