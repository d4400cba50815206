"""The map beside a position in the administration: marker and numbers follow each other, and the form keeps them."""

from django.urls import reverse
from playwright.sync_api import Page, expect

from assets.history import events_of


def open_asset(open_page, user, asset) -> Page:
    page = open_page(reverse("admin:assets_asset_change", args=[asset.pk]), user)
    expect(page.locator(".maplibregl-marker")).to_be_visible()
    page.locator('[data-geometry="point"] .geometry-map').scroll_into_view_if_needed()
    return page


def numbers(page: Page) -> tuple[float, float]:
    return tuple(float(page.locator(f"[data-axis={axis}]").input_value()) for axis in ("lon", "lat"))


def test_a_click_on_the_map_moves_the_asset(open_page, publicity, scene):
    page = open_asset(open_page, publicity, scene.alone)
    before = numbers(page)
    box = page.locator('[data-geometry="point"] .geometry-map').bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2 + 60, box["y"] + box["height"] / 2)
    expect(page.locator("[data-axis=lon]")).not_to_have_value(f"{before[0]:.7f}")
    longitude, latitude = numbers(page)
    assert before[0] < longitude < before[0] + 0.01, "to the east, not far"
    assert abs(latitude - before[1]) < 0.0005
    page.locator("[name=_save]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    scene.alone.refresh_from_db()
    assert abs(scene.alone.point.x - longitude) < 1e-6
    assert events_of(scene.alone)[0].pgh_context.metadata["origin"] == "admin"


def test_dragging_the_marker_writes_the_numbers(open_page, publicity, scene):
    page = open_asset(open_page, publicity, scene.alone)
    before = numbers(page)
    marker = page.locator(".maplibregl-marker").bounding_box()
    x, y = marker["x"] + marker["width"] / 2, marker["y"] + marker["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 40, steps=8)
    page.mouse.up()
    expect(page.locator("[data-axis=lat]")).not_to_have_value(f"{before[1]:.7f}")
    assert numbers(page)[1] < before[1], "to the south"


def test_typed_numbers_move_the_marker(open_page, publicity, scene):
    page = open_asset(open_page, publicity, scene.alone)
    marker = page.locator(".maplibregl-marker")
    before = marker.bounding_box()
    longitude, _latitude = numbers(page)
    page.locator("[data-axis=lon]").fill(f"{longitude + 0.001:.7f}")
    page.wait_for_function(
        "x => document.querySelector('.maplibregl-marker').getBoundingClientRect().x > x + 10",
        arg=before["x"],
    )
    page.locator("[data-axis=lon]").fill("not a number")
    expect(marker).to_have_count(0)


def test_what_hangs_on_a_support_is_not_dragged(open_page, publicity, scene):
    page = open_page(reverse("admin:assets_asset_change", args=[scene.faces[0].pk]), publicity)
    expect(page.get_by_role("link", name="Record an inspection")).to_be_visible()
    expect(page.locator('[data-geometry="point"]')).to_have_count(0)


def test_a_boundary_is_drawn_as_it_is_typed(open_page, publicity, scene, district):
    page = open_page(reverse("admin:places_area_change", args=[district.west.pk]), publicity)
    expect(page.locator('[data-geometry="shape"] canvas').first).to_be_visible()
    page.locator("textarea[name=boundary]").fill("half a { shape")
    page.locator("[name=_save]").click()
    expect(page.locator(".errorlist").first).to_be_visible()
    expect(page.locator("textarea[name=boundary]")).to_have_value("half a { shape")


def test_an_inspection_is_recorded_by_its_button(open_page, owner, scene):
    page = open_page(reverse("admin:assets_asset_change", args=[scene.alone.pk]), owner, phone=True)
    page.get_by_role("link", name="Record an inspection").click()
    page.locator("select[name=condition]").select_option("1")
    page.get_by_role("button", name="Record an inspection").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    scene.alone.refresh_from_db()
    assert scene.alone.condition == 1
