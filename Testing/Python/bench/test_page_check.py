"""The checks of a page find what they are for, and nothing on a good page."""

import pytest


@pytest.fixture
def form(bench):
    import qt

    holder = qt.QWidget()
    holder.name = "form"
    layout = qt.QFormLayout(holder)
    for name in ("first", "second", "third"):
        edit = qt.QLineEdit()
        edit.name = name
        edit.toolTip = f"The {name} one."
        layout.addRow(f"{name}:", edit)
    holder.resize(300, 120)
    holder.show()
    bench.process(0.05)
    return holder


def test_good_form_has_no_complaints(bench, form):
    from Bench import page_check

    assert not page_check.complaints(form)
    assert page_check.tab_order(form) == ["first", "second", "third"]


def test_text_that_does_not_fit_is_found(bench, form):
    import qt
    from Bench import page_check

    for name, widget in (("label", qt.QLabel("a rather long label")), ("button", qt.QPushButton("Long && longer"))):
        widget.name = name
        form.layout().addRow(widget)
    bench.process(0.05)
    assert not page_check.cut_texts(form)
    form.label.setFixedWidth(40)
    form.button.setFixedWidth(40)
    bench.process(0.05)
    assert [text.split(":")[0] for text in page_check.cut_texts(form)] == ["label", "button"]


def test_a_table_that_cannot_be_read_is_found(bench, form):
    import qt
    from Bench import page_check

    table = qt.QTableWidget(1, 2)
    table.name, table.toolTip = "table", "Two columns."
    table.setHorizontalHeaderLabels(["Method", "n"])
    item = qt.QTableWidgetItem("the student of the paper")
    table.setItem(0, 0, item)
    form.layout().addRow(table)
    table.setColumnWidth(0, 300)
    bench.process(0.05)
    assert page_check.cut_cells(form) == []
    table.setColumnWidth(0, 100)
    assert page_check.cut_cells(form) == ["table: 'the student of the paper' cannot be read"]
    item.setToolTip("the student of the paper")
    assert page_check.cut_cells(form) == []
    table.setColumnWidth(0, 30)
    said = ["table: the heading 'Method' does not fit", "table: 'the student of the paper' cannot be read"]
    assert page_check.cut_cells(form) == said


def test_overlap_missing_tooltip_and_tab_jump_are_found(bench, form):
    import qt
    from Bench import page_check

    form.second.toolTip = ""
    assert page_check.without_tooltip(form) == ["second has no tooltip"]
    qt.QWidget.setTabOrder(form.third, form.second)
    assert page_check.tab_jumps(form) == ["Tab goes up from third to second"]
    form.third.move(form.second.pos)
    assert page_check.misplaced(form) == ["second and third lie on each other"]
    form.third.resize(900, 20)
    assert any("sticks out" in text for text in page_check.misplaced(form))


def test_sample_page_fits_at_both_font_sizes(bench, page):
    from Bench import page_check

    for scale in (1.0, 1.5):
        bench.look(font_scale=scale)
        assert not [*page_check.cut_texts(page.parent), *page_check.misplaced(page.parent)]
