"""The photo grid's layout: every photo has one place of its own, found again from any point in it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pocketlens_desktop.gui.grid_geometry import MARGIN, GridGeometry, Section


@st.composite
def geometries(draw: st.DrawFn) -> GridGeometry:
    counts = draw(st.lists(st.integers(0, 40), max_size=6))
    sections: list[Section] = []
    first = 0
    for count in counts:
        title = draw(st.sampled_from(("", "Title")))
        sections.append(Section(first, count, title, folded=bool(title) and draw(st.booleans())))
        first += count
    return GridGeometry(sections, draw(st.integers(50, 1500)), draw(st.integers(60, 320)))


@given(geometries())
def test_a_point_in_a_tile_leads_back_to_its_photo(grid: GridGeometry) -> None:
    for row in range(grid.count):
        box = grid.box(row)
        if box is not None:
            assert grid.row_at(box.x, box.y) == row
            assert grid.row_at(box.x + box.width - 1, box.y + box.height - 1) == row


@given(geometries(), st.integers(0, 3000), st.integers(1, 900))
def test_the_rows_in_view_are_exactly_those_whose_tile_is(grid: GridGeometry, top: int, height: int) -> None:
    boxes = {row: grid.box(row) for row in range(grid.count)}
    visible = [row for row, box in boxes.items() if box and box.y < top + height and box.y + box.height > top]
    assert grid.rows_between(top, top + height) == visible


@given(geometries())
def test_no_tile_lies_outside_the_content(grid: GridGeometry) -> None:
    boxes = [box for row in range(grid.count) if (box := grid.box(row))]
    assert all(box.x >= MARGIN and box.y >= 0 and box.y + box.height <= grid.height for box in boxes)


@given(geometries(), st.data())
def test_going_down_and_up_again_ends_where_it_began_when_the_column_goes_on(
    grid: GridGeometry, data: st.DataObject
) -> None:
    shown = [row for row in range(grid.count) if grid.box(row)]
    if not shown:
        return
    row = data.draw(st.sampled_from(shown))
    below = grid.step(row, 1)
    start, end = grid.box(row), grid.box(below)
    assert start is not None
    assert end is not None
    if below != row and start.x == end.x:
        assert grid.step(below, -1) == row


@given(geometries(), st.data())
def test_a_step_never_leads_to_a_photo_that_is_folded_away(grid: GridGeometry, data: st.DataObject) -> None:
    shown = [row for row in range(grid.count) if grid.box(row)]
    if shown:
        row = data.draw(st.sampled_from(shown))
        assert grid.step(row, data.draw(st.integers(-5, 5))) in shown


def test_a_hundred_thousand_photos_are_laid_out_without_looking_at_each() -> None:
    grid = GridGeometry([Section(0, 100_000)], 1400, 168)
    last = grid.box(99_999)
    assert last is not None
    assert grid.rows_between(last.y, last.y + 1)[-1] == 99_999


def test_a_folded_section_takes_the_room_of_its_header_alone() -> None:
    open_grid = GridGeometry([Section(0, 3), Section(3, 90, "Weaker", foldable=True)], 900, 168)
    folded = GridGeometry([Section(0, 3), Section(3, 90, "Weaker", folded=True, foldable=True)], 900, 168)
    assert folded.box(3) is None
    assert folded.height < open_grid.height
    assert folded.last_shown() == 2
