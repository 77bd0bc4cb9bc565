"""The worker process and its client, with real child processes."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from SOSStagingLib.staging import protocol
from SOSStagingLib.staging.client import LIBRARY_PARENT, WorkerClient
from SOSStagingLib.staging.protocol import WorkerError
from staging.conftest import appears, gone, make_slab

ENGINE = "fake_engine:load"


def test_handshake_tells_model_scheme_card_and_device(client):
    client.start()
    assert (client.info.name, client.info.trained_on) == ("fake", "simulated")
    assert client.scheme.id == "bassed-5" and len(client.scheme.names) == 5
    assert client.card["gradcam_full_scale"] == 2.0
    assert client.device == "cpu" and "numpy" in client.software


def test_predictions_come_back_in_order_and_whole(client):
    steps = []
    levels = [100.0, 900.0, 300.0, 500.0, 700.0]
    answers = client.predict([make_slab(64, level) for level in levels], steps.append)
    assert [a.presence for a in answers] == pytest.approx([level / 1000 for level in levels])
    assert answers[0].cam.dtype == np.float32 and answers[0].cam[80, 80] == 1
    assert answers[0].landmarks_px == {"sella": (300.0, 280.0)}
    assert [(s.i, s.n) for s in steps] == [(4, 5), (5, 5)]


def test_slabs_survive_the_exchange_file(tmp_path):
    slab = make_slab(32, picture_to_slab=np.array([[2.0, 0, 1], [0, 2, 3], [0, 0, 1]]))
    slab.valid[0, :3] = False
    protocol.save_slabs(tmp_path / "s.npz", [make_slab(32), slab])
    plain, picture = protocol.load_slabs(tmp_path / "s.npz")
    assert plain.picture_to_slab is None
    np.testing.assert_array_equal(picture.valid, slab.valid)
    np.testing.assert_array_equal(picture.picture_to_slab, slab.picture_to_slab)
    np.testing.assert_allclose(picture.geometry.ijk_to_ras, slab.geometry.ijk_to_ras)


def test_nothing_but_messages_on_the_workers_stdout(orders):
    environment = {**os.environ, "PYTHONPATH": os.environ["PYTHONPATH"] + os.pathsep + str(LIBRARY_PARENT)}
    command = [sys.executable, "-m", "SOSStagingLib.staging.worker", "--model", str(orders), "--engine", ENGINE]
    done = subprocess.run(command, input=b'{"type": "dance"}\n{"type": "bye"}\n', capture_output=True, env=environment)
    kinds = [protocol.decode(line)["type"] for line in done.stdout.splitlines()]
    assert kinds == ["hello", "error", "bye"] and done.returncode == 0
    assert json.loads(done.stdout.splitlines()[1])["code"] == "unknown_request"


def test_a_chattering_network_does_not_disturb(client, orders):
    orders.write_text("chatter")
    assert len(client.predict([make_slab(32)])) == 1


def test_foreign_text_on_stdout_is_an_error_in_plain_words(orders, script):
    launcher = script('echo "Welcome to this computer"\nexec PYTHON "$@"')
    with WorkerClient(orders, engine=ENGINE, python_executable=launcher) as client:
        with pytest.raises(WorkerError) as caught:
            client.start()
        assert caught.value.code == "worker_protocol" and "Welcome to this computer" in caught.value.text
        assert client.pid is None


NO_MESSAGES = [b"", b"[]", b"{}", b'{"type": "hello"}', b'{"type": "predict"}', b"\xff\xfe", b"null"]


@pytest.mark.parametrize("line", NO_MESSAGES)
def test_anything_that_is_no_message_is_refused(line):
    with pytest.raises(ValueError):
        protocol.decode(line)


def test_a_dying_worker_is_an_error_and_the_next_call_works(client, orders):
    orders.write_text("die")
    with pytest.raises(WorkerError) as caught:
        client.predict([make_slab(32)])
    assert caught.value.code == "worker_died" and "7" in caught.value.text and "about to die" in caught.value.hint
    orders.write_text("work")
    assert len(client.predict([make_slab(32)])) == 1


def test_a_worker_that_died_between_calls_is_replaced(client):
    client.start()
    pid = client.pid
    client._link.process.kill()
    assert gone(pid)
    client._link.process.wait()
    assert len(client.predict([make_slab(32)])) == 1 and client.pid != pid


def test_a_hanging_worker_is_ended_and_the_next_call_works(orders):
    orders.write_text("hang")
    with WorkerClient(orders, engine=ENGINE, silence_timeout=1.0) as client:
        client.start()
        pid = client.pid
        with pytest.raises(WorkerError) as caught:
            client.predict([make_slab(32)])
        assert caught.value.code == "worker_silent" and gone(pid)
        orders.write_text("work")
        assert len(client.predict([make_slab(32)])) == 1


def test_a_worker_that_never_says_hello_is_ended(orders):
    orders.write_text("sleep")
    with WorkerClient(orders, engine=ENGINE, start_timeout=1.5) as client:
        with pytest.raises(WorkerError) as caught:
            client.start()
        assert caught.value.code == "worker_silent" and client.pid is None


def test_an_error_inside_the_network_leaves_the_worker_alive(client, orders):
    orders.write_text("raise")
    with pytest.raises(WorkerError) as caught:
        client.predict([make_slab(32)])
    assert caught.value.code == "out_of_memory" and "cpu" in caught.value.hint
    pid = client.pid
    orders.write_text("work")
    assert len(client.predict([make_slab(32)])) == 1 and client.pid == pid


def test_a_missing_package_is_named_with_what_to_do(orders):
    orders.write_text("refuse")
    with WorkerClient(orders, engine=ENGINE) as client, pytest.raises(WorkerError) as caught:
        client.start()
    error = caught.value
    assert error.code == "missing_package" and "torch" in error.text and "pip install" in error.hint


def test_a_refused_model_file_is_told_in_its_own_words(orders):
    orders.write_text("damaged")
    with WorkerClient(orders, engine=ENGINE) as client, pytest.raises(WorkerError) as caught:
        client.start()
    assert caught.value.code == "model-damaged" and "orders.txt is damaged" in caught.value.text


def test_a_device_that_is_not_there_is_named(orders):
    with WorkerClient(orders, "cuda:99", engine=ENGINE) as client, pytest.raises(WorkerError) as caught:
        client.start()
    assert caught.value.code == "device_not_usable" and "cuda:99" in caught.value.text and "cpu" in caught.value.hint


def test_a_python_that_does_not_exist_is_an_error(orders):
    client = WorkerClient(orders, engine=ENGINE, python_executable="/no/such/python")
    with pytest.raises(WorkerError) as caught:
        client.predict([make_slab(32)])
    assert caught.value.code == "worker_not_started"


@pytest.mark.parametrize("launcher", [False, True])
def test_cancel_ends_the_whole_tree_and_the_next_call_works(orders, script, tmp_path, launcher):
    # A launcher that stays, as PythonSlicer does, and a grandchild in a session of its own.
    python = script('PYTHON "$@"\nexit $?') if launcher else None
    offspring = tmp_path / "offspring.pid"
    orders.write_text(f"offspring {offspring}")
    with WorkerClient(orders, engine=ENGINE, python_executable=python) as client:
        caught = []

        def ask():
            try:
                client.predict([make_slab(32)])
            except WorkerError as error:
                caught.append(error.code)

        asking = threading.Thread(target=ask)
        asking.start()
        child, grandchild = client_pid(client, offspring)
        client.cancel()
        asking.join(20)
        assert caught == ["cancelled"] and gone(child) and gone(grandchild)
        orders.write_text("work")
        assert len(client.predict([make_slab(32)])) == 1


def client_pid(client, offspring):
    grandchild = int(appears(offspring))
    return client.pid, grandchild


def test_cancel_while_the_model_loads(orders):
    orders.write_text("sleep")
    with WorkerClient(orders, engine=ENGINE) as client:
        timer = threading.Timer(0.7, client.cancel)
        timer.start()
        with pytest.raises(WorkerError) as caught:
            client.predict([make_slab(32)])
        assert caught.value.code == "cancelled"


def test_cancel_without_a_worker_does_nothing(client):
    client.cancel()
    assert len(client.predict([make_slab(32)])) == 1


def test_a_progress_callback_that_raises_leaves_no_stale_answer(client):
    def stop(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        client.predict([make_slab(32, 100.0)], stop)
    assert client.predict([make_slab(32, 900.0)])[0].presence == pytest.approx(0.9)


def test_the_worker_ends_when_its_parent_is_killed(orders, tmp_path):
    """No network computes on after Slicer has crashed."""
    orders.write_text("work")
    code = (
        "import sys, time; from pathlib import Path\n"
        "from SOSStagingLib.staging.client import WorkerClient\n"
        f"c = WorkerClient(Path({str(orders)!r}), engine={ENGINE!r}); c.start()\n"
        f"Path({str(tmp_path / 'pid')!r}).write_text(str(c.pid)); time.sleep(600)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.environ["PYTHONPATH"] + os.pathsep + str(LIBRARY_PARENT)}
    parent = subprocess.Popen([sys.executable, "-c", code], env=environment)
    pid = int(appears(tmp_path / "pid"))
    parent.kill()
    parent.wait()
    assert gone(pid)


def test_exchange_files_are_removed(client):
    client.predict([make_slab(32)])
    folder = Path(client._link.folder.name)
    assert list(folder.iterdir()) == []
    client.close()
    assert not folder.exists()
