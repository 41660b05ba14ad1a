"""What stored files hold, without opening them, and what a version of a model came of."""

import io

import PIL.Image
import pytest
from playwright.async_api import expect

from tests.fixtures.factories import make_artifact, make_version
from tests.web.conftest import Visit
from tests.web.visitor import overflow, violations

pytestmark = pytest.mark.browser

CARD = b"---\nlicense: apache-2.0\n---\n# Digits\n\nRead **twice**.\n<script>document.title = 'loud'</script>\n"


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (360, "dark")])
async def test_text_table_image_and_card(visit: Visit, width: int, theme: str) -> None:
    visitor = await visit(width=width, theme=theme)
    picture = io.BytesIO()
    PIL.Image.new("RGB", (1500, 500), "red").save(picture, "png")
    files = {
        "README.md": CARD,
        "curve.png": picture.getvalue(),
        "scores.csv": b"name,score\nfirst,0.5\nsecond,0.25\n",
        "notes.txt": b"<b>not bold</b>\n",
        "weights.bin": bytes(range(256)),
    }
    run_id = await visitor.run("storing", [])
    await make_artifact(visitor.person, str(run_id), files, name="results")
    page = await visitor.go(f"/experiments/runs/{run_id}?tab=artifacts")
    for name in files:
        await page.get_by_role("button", name=f"Preview {name}").click()
    await expect(page.get_by_role("heading", name="Digits")).to_be_visible()
    await expect(page.locator("strong", has_text="twice")).to_be_visible()
    image = page.get_by_role("img", name="curve.png")
    await expect(image).to_be_visible()
    assert await image.evaluate("element => element.decode().then(() => element.naturalWidth)") == 512
    await expect(page.locator("figcaption")).to_have_text("PNG · 1,500 × 500")
    table = page.get_by_role("group", name="scores.csv").get_by_role("row")
    await expect(table).to_have_text(["namescore", "first0.5", "second0.25"])
    await expect(page.get_by_label("notes.txt", exact=True)).to_have_text("<b>not bold</b>")
    await expect(page.get_by_text("There is no preview of such a file")).to_be_visible()
    assert await page.title() != "loud"
    assert await violations(page) == []
    assert await overflow(page) <= 0
    await page.get_by_role("button", name="Hide").first.click()
    await expect(page.get_by_role("heading", name="Digits")).to_have_count(0)


async def test_what_a_version_came_of(visit: Visit) -> None:
    visitor = await visit()
    ada = visitor.person
    version = await make_version(ada)
    run = await ada.get(f"/runs/{version['artifact']['run_id']}")
    page = await visitor.go(f"/experiments/models/{version['model']['id']}")
    steps = page.get_by_role("table", name="Lineage").locator("tbody").get_by_role("row")
    await expect(steps.filter(has_text="became")).to_contain_text("net")
    assert await violations(page) == []
    await steps.get_by_role("link", name=run["name"]).first.click()
    await expect(page.get_by_role("heading", level=1, name=run["name"])).to_be_visible()
