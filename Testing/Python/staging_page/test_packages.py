"""The packages behind the page: looked at in a real child process, told in plain words, mended by one button."""

import sys

import pytest
from Bench import dialogs, extensions, hand, installing
from packages.conftest import CODE, NEW_ENOUGH
from SOSStagingLib.packages import background
from staging_page.conftest import HEAD, drop_head, gone

LIBRARY_LOST = "raise ImportError('libtorch_cpu.so: cannot open shared object file')"


@pytest.fixture(autouse=True)
def new_session(bench):
    """Nothing is known of the packages."""
    from SOSStagingLib.gui import packages

    packages.forget()
    yield
    packages.forget()


@pytest.fixture
def shown_page(plain_page):
    """The page with a head chosen; the engine is the real one, so that the packages count."""
    drop_head(plain_page)
    return plain_page


def settled(page, bench):
    assert bench.wait_until(lambda: not page.page.packages.busy, 60)


def press_stage(page, bench):
    hand.click(page.ui.stageButton)
    settled(page, bench)


def stop(page):
    """End a run that began, which is all that is asked of it here: behind it is no real PyTorch."""
    assert page.page.run.busy, page.ui.messageLabel.text
    hand.click(page.ui.cancelButton)


def torch_of(folder):
    return folder / "torch" / "__init__.py"


def test_nothing_is_looked_at_before_the_network_is_asked_for(shown_page, bench, site, monkeypatch):
    site()
    looks = []
    monkeypatch.setattr(background, "check", lambda *args, **kwargs: looks.append(args))
    bench.select_module("")
    bench.select_module("SOSStaging")
    bench.process(0.3)
    assert not looks and not shown_page.page.packages.busy


def test_broken_torch_is_told_and_mended_by_the_button(shown_page, bench, site):
    folder = site(torch=LIBRARY_LOST)
    extensions.install_pytorch_extension()
    ui = shown_page.ui
    assert not ui.mendButton.visible
    dialogs.answer("Cancel")
    press_stage(shown_page, bench)
    (asked,) = dialogs.shown()
    assert "PyTorch" in asked.text and "GB" in asked.text and "taken away first" in asked.text
    text = ui.messageLabel.text
    assert text.startswith("Nothing was installed.")
    assert "torch is only partly installed or damaged" in text and "libtorch_cpu.so" in text
    assert ui.mendButton.visible and ui.mendButton.text == "Mend the installation"
    assert not installing.asked()

    installing.install_with(lambda lines: torch_of(folder).write_text(CODE["torch"]))
    dialogs.answer("OK")
    hand.click(ui.mendButton)
    settled(shown_page, bench)
    assert installing.asked() == [["torch>=2.6", "torchvision>=0.21"]]
    assert ui.messageLabel.text == "Everything needed is installed."
    assert not ui.mendButton.visible
    press_stage(shown_page, bench)
    stop(shown_page)


def test_a_declined_installation_is_not_asked_for_again_by_itself(shown_page, bench, site):
    site(old={"timm": "0.1"})
    dialogs.answer("Cancel")
    press_stage(shown_page, bench)
    assert len(dialogs.shown()) == 1
    bench.select_module("")
    bench.select_module("SOSStaging")
    shown_page.ui.checkSection.collapsed = False
    bench.process(0.05)
    hand.click(shown_page.ui.checkButton)
    settled(shown_page, bench)
    assert not dialogs.shown() and not installing.asked()
    assert "timm 0.1 is too old; 1.0.12 or later is needed." in shown_page.ui.checkLabel.text
    assert 'press the button "Mend the installation" above' in shown_page.ui.checkLabel.text
    assert shown_page.ui.checkButton.enabled


def test_missing_packages_are_installed_and_staging_goes_on(shown_page, bench, site):
    folder = site()
    info = folder / f"timm-{NEW_ENOUGH['timm']}.dist-info" / "METADATA"
    whole = info.read_text()
    info.write_text("Metadata-Version: 2.1\nName: timm\n")  # as an installation that was cut short leaves it
    installing.install_with(lambda lines: info.write_text(whole))
    dialogs.answer("OK")
    hand.click(shown_page.ui.stageButton)
    assert bench.wait_until(lambda: shown_page.page.run.busy, 60), shown_page.ui.messageLabel.text
    (asked,) = dialogs.shown()
    assert "timm" in asked.text and "PyTorch" not in asked.text
    assert installing.asked() == [["timm>=1.0.12"]]
    assert not shown_page.ui.mendButton.visible
    stop(shown_page)


def test_installing_torch_brings_nothing_of_it_into_slicers_process(shown_page, monkeypatch):
    from SOSStagingLib.gui import pytorch

    extensions.install_pytorch_extension()
    installing.install_with(lambda lines: None)
    with monkeypatch.context() as patch:
        patch.delitem(sys.modules, "torch", raising=False)
        assert pytorch.install() == ""
        assert "torch" not in sys.modules
    assert installing.asked() == [["torch>=2.6", "torchvision>=0.21"]]
    assert extensions.torch_imports() == []


def test_torch_and_torchvision_of_different_kinds(shown_page, bench, site):
    site(torchvision="raise RuntimeError('operator torchvision::nms does not exist')")
    extensions.install_pytorch_extension()
    dialogs.answer("Cancel")
    press_stage(shown_page, bench)
    assert "torch and torchvision do not belong together" in shown_page.ui.messageLabel.text
    assert dialogs.shown()


def test_what_stays_broken_is_told_once(shown_page, bench, site):
    site(torch=LIBRARY_LOST)
    extensions.install_pytorch_extension()
    installing.install_with(lambda lines: None)
    dialogs.answer("OK")
    hand.click(shown_page.ui.stageButton)
    assert bench.wait_until(lambda: "Restart Slicer" in shown_page.ui.messageLabel.text, 60)
    assert len(dialogs.shown()) == 1
    assert shown_page.ui.mendButton.visible and shown_page.ui.stageButton.enabled


def test_without_the_pytorch_extension_it_is_installed_first(shown_page, bench, site):
    site(torch=LIBRARY_LOST)
    extensions.offer("PyTorch")
    dialogs.answer("OK")
    press_stage(shown_page, bench)
    assert "needs a restart" in dialogs.shown()[0].text
    assert shown_page.ui.messageLabel.text == "The extension PyTorch is installed. Restart Slicer and try again."
    assert not installing.asked()


def test_an_installation_that_fails_is_told(shown_page, bench, site):
    site(old={"psutil": "0.1"})

    def fail(_lines):
        raise RuntimeError("no network")

    installing.install_with(fail)
    dialogs.answer("OK")
    press_stage(shown_page, bench)
    assert "could not be installed (no network)" in shown_page.ui.messageLabel.text
    assert shown_page.ui.mendButton.visible
    dialogs.shown()


def test_looked_at_once_in_a_session_and_again_after_an_installation(shown_page, bench, site, monkeypatch):
    site()
    looked, real = [], background.check
    monkeypatch.setattr(background, "check", lambda *a, **k: looked.append(a[0]) or real(*a, **k))
    for _ in range(2):
        press_stage(shown_page, bench)
        stop(shown_page)
        assert bench.wait_until(lambda: not shown_page.page.run.busy, 20)
        bench.process(0.1)
    assert looked == ["stage"]


def test_the_window_lives_while_a_slow_torch_is_loaded_and_cancel_ends_it(shown_page, bench, site):
    site(torch="import time; time.sleep(600)")
    hand.click(shown_page.ui.stageButton)
    look = shown_page.page.packages._look
    assert bench.wait_until(lambda: look._child is not None, 10)
    assert shown_page.page.packages.busy and not shown_page.ui.stageButton.enabled
    assert "Looking at the installed packages" in shown_page.ui.messageLabel.text
    child = look._child.pid
    ui = shown_page.ui
    ui.cohortSection.collapsed = False
    ui.cohortInput.currentPath, ui.cohortOutput.currentPath = str(HEAD.parent), str(HEAD.parent / "out")
    hand.click(ui.cohortButton)  # what is pressed meanwhile says why nothing happens
    assert "being looked at already" in ui.cohortLabel.text
    hand.click(shown_page.ui.cancelButton)
    assert shown_page.ui.messageLabel.text == "Cancelled." and shown_page.ui.stageButton.enabled
    assert bench.wait_until(lambda: gone(child), 10)


def test_a_closed_page_leaves_no_child(shown_page, bench, site):
    site(torch="import time; time.sleep(600)")
    hand.click(shown_page.ui.stageButton)
    look = shown_page.page.packages._look
    assert bench.wait_until(lambda: look._child is not None, 10)
    child = look._child.pid
    bench.close()
    assert bench.wait_until(lambda: gone(child), 10)


def test_training_and_yolo_ask_for_what_they_need(plain_page, bench, site):
    """The training page calls the same part with its own label and button."""
    import qt
    from SOSStagingLib.gui import packages

    site(half=("ultralytics",))
    label, button, ready = qt.QLabel(), qt.QPushButton(), []
    part = packages.PackagesPart(label, button)
    part.when_ready("train", lambda: ready.append("train"))
    assert bench.wait_until(lambda: ready == ["train"], 60)
    part.when_ready("stage", lambda: ready.append("stage"))  # known from what training needs
    assert ready == ["train", "stage"]
    dialogs.answer("Cancel")
    part.when_ready("yolo", lambda: ready.append("yolo"))
    assert bench.wait_until(lambda: not part.busy, 60)
    (asked,) = dialogs.shown()
    assert "AGPL-3.0" in asked.text and "source" in asked.text
    assert "ultralytics is only partly installed" in label.text and ready == ["train", "stage"]
    part.close()


def test_while_testing_nothing_is_asked(shown_page, bench, site):
    site(half=("psutil",))
    with bench.testing():
        press_stage(shown_page, bench)
    assert "psutil is only partly installed" in shown_page.ui.messageLabel.text
    assert not installing.asked() and not dialogs.shown()
