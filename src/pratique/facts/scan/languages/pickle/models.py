"""Models that are no pickles and yet bring code: Keras layers made from functions (`Lambda`), templates in GGUF files."""

import base64
import binascii
import re
from typing import Final

from pratique.facts.scan.content import Reader
from pratique.facts.scan.languages.pickle.containers import GGUF, HDF, Part
from pratique.facts.scan.observation import Context, How

_LAMBDA: Final = re.compile(
    rb'"class_name"\s*:\s*"(?:Lambda|TFOpLambda|__lambda__)"|"function_type"\s*:\s*"lambda"', re.IGNORECASE
)
_CODE: Final = re.compile(rb'"(?:code|function)"\s*:\s*(?:\[\s*)?"((?:[A-Za-z0-9+/=]|\\n|\\/){40,200000})"')
_FUNCTIONS_MAX: Final = 20
_TEXTS: Final = re.compile(rb"[\x20-\x7e]{3,2000}")
_TEXTS_MAX: Final = 500
_ACTS: Final = re.compile(
    rb"\b(?:__import__|exec|eval|compile|system|popen|Popen|subprocess|check_output|os|socket|urlopen|urllib|requests|"
    rb"importlib|import_module|pickle|loads|builtins|__builtins__|shutil|ctypes|getattr|globals|open)\b"
)
_TEMPLATE: Final = re.compile(
    rb"\{[{%][^{}]{0,2000}(?:__globals__|__subclasses__|__builtins__|__import__|__init__\s*\.|__class__|\.popen\()",
    re.DOTALL,
)


def tell(part: Part, reader: Reader, context: Context) -> bool:
    """Tell of the code in a model of one of these kinds; False for what is of none of them."""
    data = part.data
    if data.startswith(GGUF) or (part.name or "").endswith(("tokenizer_config.json", "chat_template.json")):
        for found in _TEMPLATE.finditer(data):
            shown = found[0][:120].decode("latin-1")
            reader.emit(
                "code.deserialise_call", 1, text=f"a template that gets at Python's insides: {shown}", context=context
            )
            break
        return True
    if data.startswith(HDF) or part.name.endswith(".json"):
        if _LAMBDA.search(data):
            _functions(part, reader, context)
        return True
    return False


def _functions(part: Part, reader: Reader, context: Context) -> None:
    """Functions of Keras layers: byte code (`marshal`) in base64. Their names say what they may do."""
    where = f" in {part.name}" if part.name else ""
    reader.emit("code.deserialise_code", 1, text=f"a layer that is a function{where}", context=context)
    for count, found in enumerate(_CODE.finditer(part.data)):
        if count >= _FUNCTIONS_MAX:
            return
        try:
            code = base64.b64decode(found[1].replace(b"\\n", b"").replace(b"\\/", b"/"))
        except binascii.Error:
            continue
        names = [text for text, _ in zip(_TEXTS.findall(code), range(_TEXTS_MAX), strict=False)]
        acts = sorted({each.decode() for text in names for each in _ACTS.findall(text)})
        labels = frozenset[str]().union(*(reader.labels_of(text) for text in names))
        reader.emit(
            "decode.marshal", 1, how=How.DECODED, inputs=labels, text=f"byte code of a layer{where}", context=context
        )
        for label in labels:
            reader.emit(label, 1, how=How.DECODED, context=context, inputs=frozenset({"decode.marshal"}))
        if acts:
            text = f"a layer whose byte code names {', '.join(acts)}{where}"
            reader.emit("code.deserialise_call", 1, how=How.DECODED, inputs=labels, text=text, context=context)
