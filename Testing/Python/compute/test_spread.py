"""Jobs over several processes, over a Dask cluster, and one job over processes that train together."""

import socket
from dataclasses import replace

import pytest
from SOSStagingTrainingLib.compute import execute, worker
from SOSStagingTrainingLib.compute.execute import device_for, usual_threads
from SOSStagingTrainingLib.compute.processes import child_environment
from SOSStagingTrainingLib.compute.report import status_text
from SOSStagingTrainingLib.compute.run_folder import RunError

torch = pytest.importorskip("torch")

from compute.made_run import small_recipe, wanted  # noqa: E402
from safetensors.torch import load_file  # noqa: E402
from SOSStagingTrainingLib.compute.runner import Where, perform, prepare  # noqa: E402


def quiet(*_):
    pass


def weights(run, key):
    return load_file(run.job_folder(key) / "weights.safetensors")


def close(a, b, most):
    assert a.keys() == b.keys()
    for name, value in a.items():
        torch.testing.assert_close(value, b[name], rtol=0, atol=most, msg=name)


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """Both folds of a small run, one job after another in this process, with one thread."""
    folder = tmp_path_factory.mktemp("alone")
    run = prepare(wanted(folder, small_recipe(methods=["teacher"])), quiet)
    threads = torch.get_num_threads()
    assert len(perform(run, Where("cpu", threads=1), quiet).done) == 2
    torch.set_num_threads(threads)
    return run


def again(run, folder):
    asked = wanted(folder, run.recipe)
    return prepare(replace(asked, study=run.study_folder, cache=run.cache, out=folder / "run"), quiet)


def test_processes_of_this_computer_do_the_same_as_one(alone, tmp_path):
    run = again(alone, tmp_path)
    outcome = perform(run, Where("cpu", workers=2, threads=1), quiet)
    assert sorted(outcome.done) == [job.key for job in run.jobs] and not outcome.failed
    for job in run.jobs:
        close(weights(run, job.key), weights(alone, job.key), 0.0)


def test_a_dask_cluster_does_the_same(alone, tmp_path, monkeypatch):
    distributed = pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    monkeypatch.setenv("PYTHONPATH", child_environment()["PYTHONPATH"])
    run = again(alone, tmp_path)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, memory_limit=0
    ) as cluster:
        outcome = perform(run, Where("cpu", scheduler=cluster.scheduler_address, threads=1), quiet)
    assert sorted(outcome.done) == [job.key for job in run.jobs]
    for job in run.jobs:
        close(weights(run, job.key), weights(alone, job.key), 0.0)


def test_two_processes_training_together_learn_what_one_learns(alone, tmp_path):
    run = again(alone, tmp_path)
    run = replace(run, jobs=run.jobs[:1])
    outcome = perform(run, Where("cpu", processes=2, threads=1), quiet)
    assert outcome.done == ["teacher.fold1.seed1"], run.outcome("teacher.fold1.seed1")
    close(weights(run, "teacher.fold1.seed1"), weights(alone, "teacher.fold1.seed1"), 1e-4)
    assert list(run.predictions.glob("*.json"))


def test_a_batch_that_processes_cannot_share_is_named(alone, tmp_path):
    asked = wanted(tmp_path, small_recipe(methods=["teacher"], train={"epochs": 1, "batch": 3}))
    run = prepare(replace(asked, study=alone.study_folder, cache=alone.cache, folds=(1,)), quiet)
    with pytest.raises(RunError, match=r"batch of 3 .* cannot be shared out evenly to 2"):
        perform(run, Where("cpu", processes=2), quiet)


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch):
    pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    monkeypatch.setattr(execute, "SCHEDULER_SECONDS", 1)
    with pytest.raises(RunError, match="No Dask scheduler answers"), execute.dask_pool("tcp://127.0.0.1:9"):
        pass


def test_a_scheduler_that_listens_and_says_nothing_is_named(monkeypatch):
    pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    monkeypatch.setattr(execute, "SCHEDULER_SECONDS", 1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(RunError, match="No Dask scheduler answers"), execute.dask_pool(address):
            pass


def test_cores_and_gpus_are_shared_out():
    assert usual_threads(1) >= usual_threads(2) >= 1
    assert device_for("cpu", 3) == "cpu"


def test_of_several_processes_the_one_that_broke_is_heard(tmp_path, monkeypatch):
    run = prepare(wanted(tmp_path, folds=(1,)), quiet)
    key = "baseline.fold1.seed1"
    run.job_folder(key).mkdir(parents=True)
    monkeypatch.setenv("RANK", "1")
    worker._failed(run, key, {"code": "loss_not_finite", "text": "The loss is not a number."})
    monkeypatch.setenv("RANK", "0")
    worker._failed(run, key, {"code": "internal", "text": "Connection closed by peer."})
    assert run.state(key) == "failed" and run.outcome(key)["text"] == "The loss is not a number."
    assert "The loss is not a number." in status_text(run)
