"""What a function or class is worth in a pickle, by its module and name: what data need, and what acts.

The lists are this project's own. Data of scientific Python need some hundred functions; what can start programs, run code or
write files is in few modules of the standard library, and at some known places of others.
"""

import re
from enum import IntEnum
from functools import lru_cache
from typing import Final

from pratique.facts.scan.languages.pickle.symbols import COMPUTED


class Standing(IntEnum):
    """How much a call while data are loaded worries; a larger value is worse."""

    HARMLESS = 0
    """Puts data together."""
    UNKNOWN = 1
    """Nothing is known of it: a class of the package itself, of a rare library."""
    ODD = 2
    """Acts a little, or is a function of a library that data have no need of."""
    CODE = 3
    """Makes functions from byte code."""
    DANGER = 4
    """Runs code or programs, connects, writes, or gets at what does."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _names(**modules: str) -> frozenset[str]:
    """Full names, from the names in each module; `__` in the name of a module stands for a full stop."""
    return frozenset(
        f"{module.replace('__', '.')}.{name}" for module, names in modules.items() for name in names.split()
    )


_OLD: Final = {
    "__builtin__": "builtins",
    "__builtins__": "builtins",
    "exceptions": "builtins",
    "copy_reg": "copyreg",
    "cPickle": "pickle",
    "_pickle": "pickle",
    "urllib2": "urllib.request",
    "httplib": "http.client",
    "UserDict": "collections",
    "UserList": "collections",
    "Queue": "queue",
    "_codecs": "codecs",
    "_io": "io",
    "_collections": "collections",
    "_functools": "functools",
    "_operator": "operator",
    "_struct": "struct",
    "_random": "random",
    "_decimal": "decimal",
    "_datetime": "datetime",
    "_sre": "re",
    "sre_compile": "re",
    "_thread": "threading",
    "pathlib._local": "pathlib",
    "numpy._core": "numpy.core",
    "cloudpickle.cloudpickle_fast": "cloudpickle.cloudpickle",
    "joblib.externals.cloudpickle.cloudpickle": "cloudpickle.cloudpickle",
    "joblib.externals.cloudpickle": "cloudpickle.cloudpickle",
    "pyspark.cloudpickle.cloudpickle": "cloudpickle.cloudpickle",
    "ray.cloudpickle.cloudpickle": "cloudpickle.cloudpickle",
    "dill.dill": "dill._dill",
}
"""Modules that are another one: under their names of Python 2, or where libraries have moved or copied them."""

_HARMLESS: Final = _names(
    builtins="""set frozenset bytearray bytes complex dict list tuple int float str bool object slice range xrange unicode
        long basestring type reversed enumerate zip map filter iter Ellipsis NotImplemented property staticmethod classmethod
        super len sum min max abs round sorted any all hash id repr isinstance issubclass callable hex oct bin chr ord divmod
        pow memoryview NoneType print format next hasattr ascii intern unichr dict.fromkeys bytes.fromhex str.join
        str.lower str.upper str.strip list.append dict.get""",
    copyreg="_reconstructor __newobj__ __newobj_ex__ __reduce_ex__ _slotnames pickle_complex pickle_union",
    codecs="encode",
    types="""SimpleNamespace MappingProxyType GenericAlias UnionType NoneType EllipsisType MethodType BuiltinMethodType
        BuiltinFunctionType WrapperDescriptorType""",
    functools="partial partialmethod cmp_to_key lru_cache wraps total_ordering cached_property",
    operator="""itemgetter add sub mul truediv floordiv mod neg pos eq ne lt le gt ge and_ or_ xor not_ getitem contains
        length_hint index concat is_ is_not pow matmul""",
    re="_compile compile Pattern template",
    random="Random SystemRandom random uniform randint",
    logging="Logger getLogger Formatter StreamHandler NullHandler PlaceHolder RootLogger Manager Filter LogRecord makeLogRecord",
    time="struct_time time perf_counter",
    io="BytesIO StringIO TextIOWrapper",
    struct="Struct",
    uuid="UUID SafeUUID uuid4",
    pathlib="PosixPath WindowsPath PurePosixPath PureWindowsPath Path PurePath",
    os="stat_result terminal_size PathLike _wrap_close",
    posix="stat_result terminal_size",
    sys="float_info hash_info int_info version_info",
    threading="Lock RLock Condition Event Thread local",
    multiprocessing__process="AuthenticationString current_process",
    inspect="Signature Parameter FullArgSpec _ParameterKind",
    tempfile="_TemporaryFileWrapper",
    socket="AddressFamily SocketKind",
    signal="Signals Handlers",
    zipfile="ZipInfo",
    tarfile="TarInfo",
    distutils__version="LooseVersion StrictVersion",
    urllib__parse="ParseResult SplitResult urlparse urlsplit",
    http__cookiejar="Cookie CookieJar DefaultCookiePolicy",
    numpy="""dtype ndarray scalar bool_ str_ bytes_ object_ void record recarray matrix ufunc array asarray zeros ones empty
        nan float64 float32 float16 int64 int32 int16 int8 uint8 uint16 uint32 uint64 complex64 complex128 datetime64
        timedelta64 intc intp longdouble generic number concatenate int_ float_ mean sum median max min std exp log sqrt abs""",
    numpy__core="_ufunc_reconstruct _DType_reconstruct",
    numpy__core__multiarray="_reconstruct scalar ndarray",
    numpy__core__numeric="_frombuffer",
    numpy__core__records="recarray record fromarrays",
    numpy__core__defchararray="chararray",
    numpy__core___internal="_reconstruct",
    numpy__ma__core="_mareconstruct MaskedArray",
    numpy__ma__mrecords="_mrreconstruct",
    numpy__random="__RandomState_ctor __randomstate_ctor __generator_ctor __bit_generator_ctor",
    numpy__random___pickle="__randomstate_ctor __generator_ctor __bit_generator_ctor",
    numpy__random__mtrand="__randomstate_ctor __RandomState_ctor RandomState",
    numpy__matrixlib__defmatrix="matrix",
    numpy__polynomial__polynomial="Polynomial",
    numpy__lib__index_tricks="nd_grid c_ r_",
    numpy__dtypes="Float64DType",
    pandas___libs__internals="_unpickle_block",
    pandas__core__indexes__base="_new_Index",
    pandas__core__indexes__datetimes="_new_DatetimeIndex",
    pandas__core__indexes__period="_new_PeriodIndex",
    pandas__core__internals__blocks="new_block",
    pandas__core__internals__api="make_block",
    pandas__core__internals__managers="_unpickle_block",
    pandas___libs__tslibs__timestamps="_unpickle_timestamp",
    pandas___libs__tslibs__timedeltas="_timedelta_unpickle",
    pandas___libs__tslibs__nattype="_nat_unpickle NaTType",
    pandas___libs__tslibs__period="_unpickle_period",
    pandas___libs__missing="NAType _unpickle_na",
    pytz="_UTC _p timezone utc",
    dateutil__tz__tz="tzutc tzlocal tzfile",
    dateutil__tz="tzutc tzlocal tzfile",
    dateutil__zoneinfo="gettz",
    torch="""Size device dtype float32 float16 bfloat16 float64 int64 int32 int16 int8 uint8 bool strided per_tensor_affine
        per_channel_affine preserve_format contiguous_format channels_last Tensor Generator""",
    torch__storage="UntypedStorage TypedStorage _load_from_bytes",
    torch___tensor="_rebuild_from_type_v2",
    torch__serialization="_get_layout",
    torch__jit="_unwrap_optional",
    torch__distributed__tensor="DTensor DeviceMesh",
    torch__multiprocessing__reductions="rebuild_tensor rebuild_storage_filename rebuild_storage_empty",
    torch___C="_TensorBase",
    torch___namedtensor_internals="_rebuild",
    sklearn__neighbors___dist_metrics="newObj",
    sklearn__metrics___dist_metrics="newObj",
    sklearn__neighbors___kd_tree="newObj",
    sklearn__neighbors___ball_tree="newObj",
    sklearn__metrics___scorer="_passthrough_scorer",
    joblib__numpy_pickle="NumpyArrayWrapper NDArrayWrapper ZNDArrayWrapper",
    joblib__numpy_pickle_compat="NDArrayWrapper ZNDArrayWrapper",
    scipy__sparse="csr_matrix csc_matrix coo_matrix",
    dill___dill="_load_type _get_attr _create_weakref _create_array",
)
"""Full names of what data need."""

_HARMLESS_MODULES: Final = _words(
    """collections collections.abc datetime decimal fractions numbers zoneinfo enum array ipaddress queue weakref string
    math cmath statistics itertools abc typing dataclasses contextvars calendar heapq bisect textwrap html graphlib
    keyword token colorsys unicodedata types._ast ast token xml.etree.ElementTree"""
)
"""Modules of the standard library in which everything is fine."""

_LIBRARIES: Final = _words(
    """numpy scipy sklearn pandas torch torchvision torchaudio xgboost lightgbm catboost statsmodels gensim spacy thinc nltk
    keras tensorflow transformers tokenizers huggingface_hub safetensors networkx sympy shapely pyproj pyarrow polars dask
    distributed xarray numba joblib skops imblearn optuna category_encoders hdbscan umap pynndescent implicit surprise
    lifelines prophet pmdarima patsy matplotlib plotly bokeh seaborn PIL cv2 skimage dateutil pytz tzlocal pendulum
    sqlalchemy pydantic pydantic_core attr attrs omegaconf hydra yaml bs4 lxml jinja2 markupsafe werkzeug flask django
    rdkit deepchem ase pymatgen Bio anndata scanpy mne nibabel nilearn dipy astropy sunpy healpy geopandas fiona rasterio
    gym gymnasium stable_baselines3 ray flair fasttext sentence_transformers fairseq detectron2 mmcv ultralytics timm
    pytorch_lightning lightning fastai fastcore fastprogress pyro gpytorch botorch einops jax jaxlib flax optax chex
    haiku trax theano pymc arviz mlxtend eli5 shap lime deap tpot autogluon pycaret sktime tslearn tsfresh pywt
    librosa soundfile kenlm sentencepiece pyspark py4j onnx skl2onnx river creme sortedcontainers bitarray pyrsistent
    frozendict multidict yarl immutables cachetools regex ftfy emoji langdetect boltons orderedset"""
)
"""Libraries of which every class is taken to hold data. Of their functions, nothing is known unless it says so elsewhere."""

_ACTING: Final = _words(
    """os posix nt subprocess _posixsubprocess _winapi pty ctypes _ctypes cffi runpy code codeop importlib imp _imp pkgutil
    zipimport _frozen_importlib _frozen_importlib_external marshal pickle shelve socket _socket ssl _ssl socketserver webbrowser
    http.client http.server urllib.request urllib.robotparser ftplib smtplib telnetlib imaplib poplib nntplib xmlrpc wsgiref
    shutil sys pdb bdb trace profile cProfile timeit doctest pydoc test idlelib lib2to3 distutils setuptools pip
    _distutils_hack ensurepip venv turtledemo antigravity commands popen2 atexit site sitecustomize usercustomize signal
    multiprocessing.util multiprocessing.popen_fork multiprocessing.popen_spawn_posix multiprocessing.spawn
    multiprocessing.connection multiprocessing.managers asyncio concurrent.futures sched crypt resource gc faulthandler
    _osx_support _aix_support zipfile tarfile zipapp compileall py_compile fileinput sqlite3 _sqlite3 dbm mmap msilib winreg
    _winreg winsound tkinter _tkinter turtle readline rlcompleter cmd curses logging.config logging.handlers sysconfig"""
)
"""Modules of the standard library, with all that is in their folders, in which nearly everything acts."""

_ACTING_FUNCTIONS: Final = _words(
    """requests httpx aiohttp urllib3 pycurl paramiko fabric invoke pexpect sh plumbum websocket websockets boto3 botocore
    win32api win32com win32process pythoncom psutil docker IPython ipykernel jupyter_client nbconvert execnet rpyc Pyro4
    cython Cython pyximport jsonpickle pkg_resources unittest multiprocessing.pool numpy.testing numpy.f2py numpy.distutils
    scipy._lib._ccallback torch.hub torch.utils.cpp_extension torch.utils.collect_env torch.utils.bottleneck
    torch.utils._config_module torch.utils.data.datapipes.utils torch.distributed.rpc torch.distributed.launch
    torch.distributed.elastic torch._inductor torch._dynamo torch.fx.experimental torch.jit.unsupported_tensor_ops
    torch.package torch.ops torch.classes pandas.io pandas.core.computation joblib.numpy_pickle joblib.numpy_pickle_utils
    tensorflow.python.ops.script_ops tensorflow.python.ops.gen_io_ops tensorflow.io transformers.dynamic_module_utils
    nltk.downloader nltk.app"""
)
"""Modules of libraries of which the functions, and the methods of classes, act."""

_DANGER: Final = _names(
    builtins="""exec eval compile __import__ open file execfile input raw_input breakpoint setattr delattr globals locals vars
        apply reload help exit quit""",
    types="FunctionType.__call__ ModuleType.__getattribute__",
    io="open open_code FileIO OpenWrapper",
    codecs="open register",
    functools="partial.__call__",
    platform="popen _syscmd_file _syscmd_ver _sys_version",
    uuid="_get_command_stdout _popen",
    linecache="updatecache lazycache",
    threading="Timer",
    pathlib="""Path.write_text Path.write_bytes Path.unlink Path.rename Path.replace Path.rmdir Path.mkdir Path.touch Path.chmod
        Path.symlink_to PosixPath.write_text PosixPath.write_bytes PosixPath.unlink PosixPath.rename""",
    copyreg="pickle add_extension constructor",
    numpy="load fromfile save savez DataSource genfromtxt loadtxt fromregex",
    numpy__lib__npyio="load save DataSource",
    numpy__lib__format="open_memmap read_array",
    pandas="""eval read_pickle read_csv read_json read_html read_sql read_hdf read_feather read_parquet read_excel to_pickle""",
    torch="load save compile",
    torch__serialization="load save os",
    torch__jit="load save script trace compile",
    joblib="load dump",
    dill="load loads load_session load_module copy source",
    dill___dill="_import_module _eval_repr load loads load_session _load_session _create_filehandle",
    cloudpickle="load loads",
    yaml="load unsafe_load full_load load_all unsafe_load_all",
    keras="models.load_model",
    keras__utils="get_file",
    tensorflow="py_function numpy_function load_op_library load_library",
    getpass="getpass",
)
"""Full names of what acts, or gets at what does, elsewhere than in those modules."""

_CODE: Final = _names(
    types="CodeType FunctionType LambdaType CellType ModuleType",
    new="function code instancemethod module",
    dill___dill="""_create_code _create_function _create_cell _create_type _create_typing_tuple _get_cell_type _create_ftype
        _create_namedtuple _setattr""",
    cloudpickle__cloudpickle="""_make_function _builtin_type _make_skeleton_class _make_empty_cell _make_cell _make_skel_func
        _fill_function _rehydrate_skeleton_class subimport _function_setstate _class_setstate _make_skeleton_enum
        dynamic_subimport _make_typevar _make_dict_keys _make_dict_values _make_dict_items instance _gen_ellipsis
        _gen_not_implemented""",
    tblib__pickling_support="unpickle_traceback",
)
"""Full names of what makes functions and classes from byte code."""

_STANDARD: Final = _words(
    """abc aifc argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb binascii binhex bisect builtins bz2
    calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys compileall concurrent configparser contextlib
    contextvars copy copyreg crypt csv ctypes curses dataclasses datetime dbm decimal difflib dis doctest email encodings enum
    errno faulthandler fcntl filecmp fileinput fnmatch formatter fractions ftplib functools gc genericpath getopt getpass gettext
    glob graphlib grp gzip hashlib heapq hmac html http imaplib imghdr imp importlib inspect io ipaddress itertools json keyword
    linecache locale logging lzma mailbox mailcap marshal math mimetypes mmap modulefinder multiprocessing netrc nis nntplib
    ntpath nturl2path numbers opcode operator optparse ossaudiodev parser pickletools pipes pkgutil platform plistlib posixpath
    poplib pprint pstats pwd pyclbr queue quopri random re reprlib sched secrets select selectors shlex smtpd sndhdr spwd
    sre_parse stat statistics string stringprep struct sunau symbol symtable syslog tabnanny tempfile termios textwrap threading
    time token tokenize tomllib traceback tracemalloc tty types typing unicodedata uu uuid warnings wave weakref xdrlib xml zlib
    zoneinfo"""
)
"""The other modules of the standard library: of their classes nothing is known, and their functions are odd in data."""

_REACHES: Final = _words(
    """os sys subprocess builtins __builtin__ posix nt socket shutil importlib ctypes pickle marshal runpy pty types.sys
    __globals__ __builtins__ __subclasses__ __import__ __code__ __dict__ __bases__ __base__ __mro__ __class__ __getattribute__
    __loader__ __spec__ __reduce__ __reduce_ex__ __closure__ gi_frame f_globals f_builtins func_globals im_func __self__
    __func__"""
)
"""Parts of a name behind its first that lead from any module to one that acts."""
_REBUILDS: Final = re.compile(
    r"__pyx_unpickle\w*|_?rebuild\w*|_?reconstruct\w*|_?unpickle\w*|_?restore\w*|_new_\w+|__\w+_ctor"
)
"""Functions of libraries that put their objects together, as their names say."""
_ERRORS: Final = re.compile(r"[A-Z]\w*(?:Error|Exception|Warning|Exit|Interrupt|Iteration|Group)|_[A-Z]\w*Error")
_KEPT: Final = 4_096


def moved(module: str) -> str:
    """The name under which a module is known today."""
    for old, new in _OLD.items():
        if module == old or module.startswith(f"{old}."):
            return new + module[len(old) :]
    return module


@lru_cache(maxsize=_KEPT)
def standing(module: str, name: str) -> Standing:
    """What a call of `name` in `module` is worth while data are loaded."""
    known = moved(module)
    full = f"{known}.{name}"
    root = known.partition(".")[0]
    if full in _HARMLESS or (_ERRORS.fullmatch(name) and root in _STANDARD | _LIBRARIES | _ACTING | _ACTING_FUNCTIONS):
        found = Standing.HARMLESS
    elif full in _CODE:
        found = Standing.CODE
    elif full in _DANGER or name == COMPUTED or _leads_astray(name) or _acts(known, name):
        found = Standing.DANGER
    elif known in _HARMLESS_MODULES and ("." not in name or _rebuilds(name)):
        found = Standing.HARMLESS
    elif root in _LIBRARIES:
        found = Standing.HARMLESS if _is_class(name) or _rebuilds(name) else Standing.UNKNOWN
    elif root in _STANDARD:
        found = Standing.UNKNOWN if _is_class(name) and "." not in name else Standing.ODD
    else:
        found = Standing.UNKNOWN
    return found


def _acts(module: str, name: str) -> bool:
    if _below(module, _ACTING):
        return True
    return _below(module, _ACTING_FUNCTIONS) and ("." in name or not _is_class(name))


def _is_class(name: str) -> bool:
    return name.rpartition(".")[2].lstrip("_")[:1].isupper()


def _rebuilds(name: str) -> bool:
    return _REBUILDS.fullmatch(name.rpartition(".")[2]) is not None


def _leads_astray(name: str) -> bool:
    """Whether a name leads from its module to one that acts, or ends in what acts: `path.os.system` is `os.system` anywhere."""
    parts = name.split(".")
    if not _REACHES.isdisjoint(parts):
        return True
    return any(f"{parts[at]}.{'.'.join(parts[at + 1 :])}" in _DANGER for at in range(len(parts) - 1))


def _below(module: str, modules: frozenset[str]) -> bool:
    """Whether a module is one of these, or in the folder of one."""
    parts = module.split(".")
    return any(".".join(parts[:count]) in modules for count in range(1, len(parts) + 1))
