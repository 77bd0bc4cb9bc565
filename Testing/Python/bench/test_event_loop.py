"""Timers, processes and the watch over the event loop."""

import sys
import time

import pytest


def test_process_tells_its_output_and_end(bench):
    import qt

    process, heard, ends = qt.QProcess(), [], []
    process.connect("readyReadStandardOutput()", lambda: heard.append(process.readAllStandardOutput().data()))
    process.connect("finished(int,QProcess::ExitStatus)", lambda code, status: ends.append((code, status)))
    process.start(sys.executable, ["-c", "print('hello'); raise SystemExit(3)"])
    assert bench.wait_until(lambda: ends, 20)
    assert b"".join(heard).strip() == b"hello"
    assert ends == [(3, qt.QProcess.NormalExit)]
    assert process.state() == qt.QProcess.NotRunning


def test_killed_process_says_so(bench):
    import qt

    process, ends = qt.QProcess(), []
    process.connect("finished(int,QProcess::ExitStatus)", lambda *end: ends.append(end[1]))
    process.start(sys.executable, ["-c", "import time; time.sleep(60)"])
    assert process.waitForStarted(5000)
    process.kill()
    assert bench.wait_until(lambda: ends, 10)
    assert ends == [qt.QProcess.CrashExit]


def test_timer_beats_while_the_loop_runs(bench):
    import qt

    timer, beats = qt.QTimer(), []
    timer.setInterval(5)
    timer.connect("timeout()", lambda: beats.append(1))
    timer.start()
    assert timer.active is True
    assert bench.wait_until(lambda: len(beats) >= 3, 5)
    timer.stop()
    count = len(beats)
    bench.process(0.03)
    assert len(beats) == count


def test_condition_that_never_comes_true_ends_in_time(bench):
    assert bench.wait_until(lambda: False, 0.05) is False
    with pytest.raises(ZeroDivisionError):
        bench.wait_until(lambda: 1 / 0 if time.monotonic() else None, 1)


def test_object_deleted_later_goes_while_the_loop_runs(bench):
    import qt

    gone = []
    label = qt.QLabel("x")
    label.connect("destroyed()", lambda: gone.append(1))
    label.deleteLater()
    assert bench.wait_until(lambda: gone, 2)


def busy(seconds):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


def test_watch_measures_a_block_and_names_its_cause(bench):
    import qt
    from Bench.watch import LoopWatch

    done = []
    qt.QTimer.singleShot(20, lambda: (busy(0.3), done.append(1)))
    with LoopWatch() as watch:
        assert bench.wait_until(lambda: done, 5)
    assert watch.longest_ms >= 290 and watch.longest_own_ms == watch.longest_ms
    assert max(watch.blocks, key=lambda block: block.ms).ms == watch.longest_ms
    assert "busy" in watch.report()
    assert watch.beats


def test_only_what_the_bench_itself_draws_is_told_apart():
    """Slicer draws its views by the graphics card, the bench by the processor; what a module does while they are drawn
    stays the module's."""
    from Bench.watch import VIEWS, Block

    loop = '  File "application.py", line 108, in _run_loop\n    loop.exec()\n'
    drawing = f'  File "{VIEWS / "render_widget.py"}", line 97, in _draw\n    self._window.Render()\n'
    module = '  File "page.py", line 12, in _on_view_changed\n    self.look()\n'
    assert (VIEWS / "render_widget.py").exists()
    assert Block(200.0, 1.0, loop + drawing).drawing
    assert not Block(200.0, 1.0, loop + drawing + module).drawing
    assert not Block(200.0, 1.0, loop).drawing
    assert not Block(200.0, 1.0, "").drawing
