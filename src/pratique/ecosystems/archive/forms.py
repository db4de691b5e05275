"""What kind of file a name stands for: an archive, or a single file that is run or loaded as it is."""

from enum import Enum
from typing import Final


class Form(Enum):
    """How a file is read."""

    ZIP = "zip"
    """Wheels, eggs, source distributions."""
    TAR = "tar"
    """Source distributions, npm packages, R packages, conda packages of the first form."""
    CONDA = "conda"
    """Conda packages of the second form (CEP 35)."""
    TEXT = "text"
    """Scripts, notebooks, and what tells others what to run."""
    DATA = "data"
    """What runs code, or may, when a program loads it: pickles, models, data of R."""


_SUFFIXES: Final = {
    Form.ZIP: ".whl .zip .egg",
    Form.TAR: ".tar .tar.gz .tgz .tar.bz2 .tbz .tbz2 .tar.xz .txz .tar.zst .tzst",
    Form.CONDA: ".conda",
    Form.TEXT: (
        ".py .pyw .pyi .pth .ipynb .ps1 .psm1 .psd1 .sh .bash .zsh .ksh .fish .r .rmd .qmd .rprofile .bat .cmd"
        " .js .mjs .cjs .jsx .ts .mts .cts .tsx .json .toml .yaml .yml .cfg .ini .txt"
    ),
    Form.DATA: (
        ".pkl .pickle .dill .joblib .pt .ckpt .bin .npy .npz .safetensors .h5 .hdf5 .keras .onnx .gguf .rds .rda .rdata"
    ),
}
_FORMS: Final = {suffix: form for form, suffixes in _SUFFIXES.items() for suffix in suffixes.split()}


def form_of(path: str) -> Form | None:
    """What a path says of its file by its ending, in upper or lower case; None for an ending that says nothing."""
    name = path.rpartition("/")[2].lower()
    places = (place for place, sign in enumerate(name) if sign == ".")
    return next((_FORMS[name[place:]] for place in places if name[place:] in _FORMS), None)
