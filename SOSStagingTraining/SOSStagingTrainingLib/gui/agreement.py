"""The section Agreement: how well raters agree, and each with themselves."""

from __future__ import annotations

from typing import Any

from slicer.i18n import tr as _
from SOSStagingLib.gui.texts import say
from SOSStagingLib.scan.types import PlainError

from ..study.agreement import Agreement
from . import tables


class AgreementSection:
    """A row for each pair of raters, and for the two readings of one."""

    def __init__(self, page: Any) -> None:
        self.page, self.ui = page, page.ui
        headers = [_("Pair"), "n", _("Kappa"), _("Exact"), _("±1")]
        tables.prepare(self.ui.agreementTable, headers, stretched=None)
        self.ui.agreementButton.connect("clicked(bool)", self.compare)
        self.on_study()

    def on_study(self) -> None:
        """Another study is open."""
        self.ui.agreementButton.enabled = self.page.study is not None
        self.ui.agreementTable.visible = False
        say(self.ui.agreementLabel, "")

    def compare(self) -> None:
        """Compare all raters. Only on request: to see the others' labels is not blind."""
        from .page import words

        try:
            found = [pair for pair in self.page.study.agreement() if pair.n or pair.judged_by_one]
        except (PlainError, OSError) as error:
            say(self.ui.agreementLabel, words(error))
            return
        tables.fill(self.ui.agreementTable, [_row(pair) for pair in found], [_confusion(pair) for pair in found])
        self.ui.agreementTable.visible = bool(found)
        say(
            self.ui.agreementLabel,
            _("Kappa is quadratically weighted, with its 95 % interval over patients where there are ten or more.")
            if found
            else _("There is nothing to compare yet: it takes two raters, or two readings of one."),
        )


def _row(pair: Agreement) -> list[str]:
    kappa = "–" if pair.kappa is None else f"{pair.kappa:.2f}"
    if pair.kappa_95 is not None:
        kappa += f" ({pair.kappa_95[0]:.2f}–{pair.kappa_95[1]:.2f})"
    return [f"{pair.first} / {pair.second}", str(pair.n), kappa, _percent(pair.exact), _percent(pair.within_one)]


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f} %"


def _confusion(pair: Agreement) -> str:
    """The confusion table as a text for the tooltip."""
    rows = "\n".join("  ".join(f"{int(v):3d}" for v in row) for row in pair.confusion)
    return _("{first} down, {second} across:").format(first=pair.first, second=pair.second) + "\n" + rows
