"""Studies: cases, raters' labels and boxes, agreement, frozen datasets, folds, exports. No torch, no slicer, no qt.

``study.Study`` is the way in; the other modules are its parts. A study is a folder:

- manifest.json: title, stage scheme, and one row per case (scan, patient, content hash, geometry, plane);
- labels/<rater>.jsonl: what one rater did, one JSON object per line, only ever appended to;
- rois/<case>/<rater>-<entry>.mrk.json: boxes as Slicer Markups, named by ledger lines;
- frozen/<name>.json: frozen datasets; folds/<name>-<k>-<seed>.json: their folds.
"""
