"""What other extensions give: the extensions manager and the PyTorch extension's module PyTorchUtils.

PyTorchUtils is declared here alone. Source: github.com/fepegar/SlicerPyTorch, PyTorchUtils/PyTorchUtils.py, the version
with `torchvisionVersionRequirement` (in use since Slicer 5.6), read on 2026-11-24; what users have may differ.
"""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import Any

from PySide6 import QtCore

from Bench import installing

_torch_imports: list[str] = []


class qSlicerExtensionsManagerModel(QtCore.QObject):
    """The extensions manager; which extensions a server has and which are installed is set with the functions below."""

    interactiveChanged = QtCore.Signal(bool)
    extensionInstalled = QtCore.Signal(str)
    modelUpdated = QtCore.Signal()

    def __init__(self, parent: QtCore.QObject | None = None) -> None:
        super().__init__(parent)
        self._interactive = True
        self._installed: list[str] = []
        self._offered: list[str] = []

    def _reset(self) -> None:
        self._interactive, self._installed, self._offered = True, [], []

    @QtCore.Slot(bool)
    def setInteractive(self, value: bool) -> None:
        if value != self._interactive:
            self._interactive = value
            self.interactiveChanged.emit(value)

    interactive = QtCore.Property(bool, lambda self: self._interactive, setInteractive)
    installedExtensions = QtCore.Property("QStringList", lambda self: self._installed)

    def isExtensionInstalled(self, extensionName: str) -> bool:
        return extensionName in self._installed

    @QtCore.Slot(result=bool)
    def updateExtensionsMetadataFromServer(self, force: bool = False, waitForCompletion: bool = False) -> bool:
        return bool(self._offered)

    @QtCore.Slot(str, result=bool)
    def installExtensionFromServer(self, extensionName: str, restart: bool = True, update: bool = True) -> bool:
        return self.downloadAndInstallExtensionByName(extensionName)

    @QtCore.Slot(str, result=bool)
    def downloadAndInstallExtensionByName(
        self, extensionName: str, installDependencies: bool = False, waitForCompletion: bool = False
    ) -> bool:
        if extensionName not in self._offered:
            return False
        self._installed.append(extensionName)
        self.extensionInstalled.emit(extensionName)
        self.modelUpdated.emit()
        return True


def offer(*names: str) -> None:
    """Let the server have these extensions. Installed ones can be imported after a restart only, as in Slicer."""
    _manager()._offered.extend(names)


def install_pytorch_extension() -> None:
    """Be a Slicer with the PyTorch extension: `import PyTorchUtils` works."""
    module = ModuleType("PyTorchUtils", "Declared by the bench")
    module.PyTorchUtilsLogic = PyTorchUtilsLogic  # type: ignore[attr-defined]
    sys.modules["PyTorchUtils"] = module
    _manager()._installed.append("PyTorch")


def torch_imports() -> list[str]:
    """Return which PyTorchUtils calls would have imported torch into Slicer's process since the last call."""
    found = list(_torch_imports)
    _torch_imports.clear()
    return found


def reset() -> None:
    """Have no extension."""
    sys.modules.pop("PyTorchUtils", None)
    _torch_imports.clear()
    _manager()._reset()


def _manager() -> qSlicerExtensionsManagerModel:
    import slicer

    return slicer.app.extensionsManagerModel()


class PyTorchUtilsLogic:
    """The logic of PyTorchUtils. Where the real one imports torch, this one notes it and gives a stand-in."""

    @staticmethod
    def torchInstalled() -> bool:
        _torch_imports.append("torchInstalled")
        return _is_there("torch")

    @staticmethod
    def torchvisionInstalled() -> bool:
        _torch_imports.append("torchvisionInstalled")
        return _is_there("torchvision")

    @property
    def torch(self) -> Any:
        return self.importTorch()

    def importTorch(self) -> Any:
        _torch_imports.append("importTorch")
        return _stand_in() if _is_there("torch") else self.installTorch()

    def installTorch(
        self,
        askConfirmation: bool = False,
        forceComputationBackend: str | None = None,
        torchVersionRequirement: str | None = None,
        torchvisionVersionRequirement: str | None = None,
    ) -> Any:
        """Ask where wanted, install, import; None where the user declines."""
        import slicer

        wanted = [f"torch{torchVersionRequirement or ''}", f"torchvision{torchvisionVersionRequirement or ''}"]
        if forceComputationBackend is not None:
            wanted.append(f"--pytorch-computation-backend={forceComputationBackend}")
        if askConfirmation and not slicer.app.commandOptions().testingEnabled:
            text = f"PyTorch will be downloaded and installed using light-the-torch (ltt install {' '.join(wanted)})."
            if not slicer.util.confirmOkCancelDisplay(text):
                return None
        installing.install(wanted)
        # Where an empty module stands for it, as gui/pytorch.py sees to, nothing of torch is imported.
        there = sys.modules.get("torch")
        if there is not None and not hasattr(there, "nn"):
            return there
        _torch_imports.append("installTorch")
        return _stand_in()

    def uninstallTorch(self, askConfirmation: bool = False, forceComputationBackend: str | None = None) -> None:
        installing.pretend_missing(["torch", "torchvision"])

    @staticmethod
    def getCompatibleComputationBackends(
        forceComputationBackend: str | None = None, torchVersionRequirement: str | None = None
    ) -> list[str]:
        return ["cpu"]

    def getDevice(self) -> str:
        _torch_imports.append("getDevice")
        return "cpu"

    @property
    def cuda(self) -> bool:
        return self.getDevice() != "cpu"

    @property
    def torchVersionInformation(self) -> str:
        return "installed version 2.6.0" if self.torchInstalled() else "not installed"


def _is_there(name: str) -> bool:
    import slicer

    return slicer.packaging.pip_check(name)


def _stand_in() -> SimpleNamespace:
    return SimpleNamespace(__version__="2.6.0")
