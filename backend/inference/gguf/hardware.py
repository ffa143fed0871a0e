"""What this machine and this build of llama.cpp have to offer a model."""

from __future__ import annotations

import ctypes
import platform
import shutil
from dataclasses import dataclass
from typing import Final

import psutil

from backend.inference.gguf.runtime import llama_cpp

# `enum ggml_backend_dev_type` in ggml-backend.h: GPUs with memory of their own, and without.
_GPU_KINDS: Final = frozenset({1, 2})

_BUILD: Final = "pip install --force-reinstall --no-cache-dir --no-binary llama-cpp-python"


@dataclass(frozen=True, slots=True)
class Device:
    """A GPU that llama.cpp can use; memory in bytes."""

    name: str
    free: int
    total: int


@dataclass(frozen=True, slots=True)
class GpuSupport:
    """Whether this build of llama.cpp can put layers on a GPU, and on which."""

    is_built_in: bool
    devices: tuple[Device, ...]

    @property
    def sentence(self) -> str:
        """What that means, in words."""
        if not self.is_built_in:
            return "This build of llama.cpp runs on the processor alone."
        if not self.devices:
            return "This build of llama.cpp can use a GPU, but finds none."
        names = ", ".join(
            f"{device.name} ({device.free / 1e9:.1f} of {device.total / 1e9:.1f} GB free)"
            for device in self.devices
        )
        return f"Layers go on the GPU: {names}."

    @property
    def hint(self) -> str | None:
        """How to get a build that uses this machine's GPU; None where this one does."""
        return None if self.is_built_in else f"With a GPU: {_build_command()}"


def gpu_support() -> GpuSupport:
    """Ask llama.cpp; takes 130 ms, and never belongs into the screen's process."""
    library = llama_cpp()
    return GpuSupport(bool(library.llama_supports_gpu_offload()), tuple(_devices()))


def available_memory() -> int:
    """Return the bytes that a new program can have without swapping."""
    return int(psutil.virtual_memory().available)


def _devices() -> list[Device]:
    """Return the GPUs ggml knows, by functions of ggml-backend.h that llama_cpp does not name."""
    # As costly as llama_cpp itself, which is loaded by now.
    from llama_cpp._ggml import libggml as ggml  # noqa: PLC0415

    ggml.ggml_backend_dev_count.restype = ctypes.c_size_t
    ggml.ggml_backend_dev_get.restype = ctypes.c_void_p
    ggml.ggml_backend_dev_get.argtypes = [ctypes.c_size_t]
    ggml.ggml_backend_dev_description.restype = ctypes.c_char_p
    ggml.ggml_backend_dev_description.argtypes = [ctypes.c_void_p]
    ggml.ggml_backend_dev_type.argtypes = [ctypes.c_void_p]
    size = ctypes.POINTER(ctypes.c_size_t)
    ggml.ggml_backend_dev_memory.argtypes = [ctypes.c_void_p, size, size]
    found = []
    for place in range(ggml.ggml_backend_dev_count()):
        device = ggml.ggml_backend_dev_get(place)
        if ggml.ggml_backend_dev_type(device) in _GPU_KINDS:
            free, total = ctypes.c_size_t(), ctypes.c_size_t()
            ggml.ggml_backend_dev_memory(device, ctypes.byref(free), ctypes.byref(total))
            name = ggml.ggml_backend_dev_description(device).decode("utf-8", "replace")
            found.append(Device(name, free.value, total.value))
    return found


def _build_command() -> str:
    if platform.system() == "Darwin":
        option = "-DGGML_METAL=on"
    elif shutil.which("nvidia-smi"):
        option = "-DGGML_CUDA=on"
    elif shutil.which("rocminfo"):
        option = "-DGGML_HIP=on"
    else:
        option = "-DGGML_VULKAN=on"
    return f'CMAKE_ARGS="{option}" {_BUILD} llama-cpp-python'
