"""Results made by hand on a small synthetic slab, straight or oblique."""

import numpy as np
from SOSStagingLib.model.scheme import load_scheme
from SOSStagingLib.scan.geometry import Geometry
from SOSStagingLib.scan.types import Finding, Plane, QualityReport, Slab
from SOSStagingLib.staging.result import GradCam, ModelInfo, SosLocation, StagingResult

SOS_PX = (90.0, 110.0)
SIZE, SPACING, CAM = 200, 0.8, 50


def rotation(yaw_deg, roll_deg):
    yaw, roll = np.radians([yaw_deg, roll_deg])
    about_s = np.array([[np.cos(yaw), -np.sin(yaw), 0], [np.sin(yaw), np.cos(yaw), 0], [0, 0, 1]])
    about_a = np.array([[np.cos(roll), 0, np.sin(roll)], [0, 1, 0], [-np.sin(roll), 0, np.cos(roll)]])
    return about_s @ about_a


def make_slab(yaw_deg=0.0, roll_deg=0.0):
    """Head-like disc with a skull ring; columns run anterior, rows inferior, planes to the right."""
    directions = rotation(yaw_deg, roll_deg) @ np.array([[0, 0, 1], [1, 0, 0], [0, -1, 0]], float)
    corner = np.array([3.0, -20.0, 12.0]) - directions @ np.array([SIZE / 2 * SPACING, SIZE / 2 * SPACING, 1.5])
    geometry = Geometry.from_axes((3, SIZE, SIZE), corner, directions, (SPACING, SPACING, 1.5))
    row, column = np.mgrid[0:SIZE, 0:SIZE]
    radius = np.hypot(row - SIZE / 2, column - SIZE / 2)
    plane = np.select([radius < 78, radius < 84, radius < 90], [40.0, 1200.0, 20.0], -1000.0)
    noise = np.random.default_rng(3).normal(0, 15, plane.shape)
    array = np.repeat((plane + noise)[None], 3, axis=0).astype(np.float32)
    valid = np.ones(array.shape, bool)
    valid[:, :10] = False
    array[~valid] = -1000
    return Slab(array, valid, geometry)


def make_gradcam(slab, peak=0.9):
    """A blob at SOS_PX on a grid four times as coarse as the slab."""
    factor = SIZE // CAM
    row, column = np.mgrid[0:CAM, 0:CAM]
    middle = (np.array(SOS_PX) - (factor - 1) / 2) / factor
    array = peak * np.exp(-((column - middle[0]) ** 2 + (row - middle[1]) ** 2) / 12.0)
    origin = slab.geometry.to_ras(((factor - 1) / 2, (factor - 1) / 2, 1))
    geometry = Geometry.from_axes(
        (1, CAM, CAM), origin, slab.geometry.directions, (factor * SPACING, factor * SPACING, 1.0)
    )
    return GradCam(array.astype(np.float32), geometry, full_scale=1.0, share_in_box=0.7, share_within_20mm=0.9)


def make_result(name="head.nrrd", yaw_deg=0.0, roll_deg=0.0, **change):
    slab = make_slab(yaw_deg, roll_deg)
    center = slab.geometry.to_ras((*SOS_PX, 1))
    values = {
        "input_name": name,
        "scheme": "bassed-5",
        "stage_names": load_scheme("bassed-5").names,
        "assessable": True,
        "stage": 3,
        "probabilities": (0.001, 0.099, 0.6, 0.25, 0.05),
        "expected_stage": 3.25,
        "plausible_stages": (3, 4),
        "sos": SosLocation(SOS_PX, center, np.stack([center - 10, center + 10]), None, 0.93),
        "plane": Plane(center, slab.geometry.directions[:, 2], 0.9),
        "quality": QualityReport(
            (Finding("voxel-size", "info", "Voxels of 0.8 mm."), Finding("noise", "warning", "Noisy.", 150.0, 120.0))
        ),
        "gradcam": make_gradcam(slab),
        "slab": slab,
        "model": ModelInfo("student", "1.0.0", "ab" * 32, "simulated"),
        "software": {"SOSStaging": "0.1.0"},
        "seconds": {"read": 0.5, "plane": 1.25},
    }
    return StagingResult(**{**values, **change})


def make_refusal(name="abdomen.nrrd", **change):
    reason = Finding("not-a-head", "refuse", "There is no skull around brain tissue.")
    none = dict.fromkeys(("stage", "probabilities", "expected_stage", "sos", "plane", "gradcam", "slab"))
    values = {
        **none,
        "assessable": False,
        "plausible_stages": (),
        "reasons": (reason,),
        "quality": QualityReport((reason,)),
    }
    return make_result(name, **{**values, **change})
