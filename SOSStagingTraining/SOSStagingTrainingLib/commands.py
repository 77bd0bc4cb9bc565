"""The subcommands of ``sos`` that this library brings, by name; the entry points of the installed package say the same.

``python -m SOSStagingTrainingLib COMMAND ...`` runs them also where nothing is installed, as inside Slicer.
"""

COMMANDS = {
    "simulate": "SOSStagingTrainingLib.cli:register_simulate",
    "pretrain": "SOSStagingTrainingLib.cli_pretrain:register_pretrain",
    "study": "SOSStagingTrainingLib.cli_study:register_study",
    "train": "SOSStagingTrainingLib.cli_train:register_train",
    "experiment": "SOSStagingTrainingLib.cli_experiment:register_experiment",
    "validate": "SOSStagingTrainingLib.cli_validate:register_validate",
    "evaluate": "SOSStagingTrainingLib.cli_evaluate:register_evaluate",
    "publish": "SOSStagingTrainingLib.cli_publish:register_publish",
}
