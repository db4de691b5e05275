"""Modules whose project has another name: what is imported is not always what is installed."""

from typing import Final

from pratique.facts.names.lists import PYPI

_PROJECTS: Final = {
    "cv2": "opencv-python",
    "pil": "pillow",
    "crypto": "pycryptodome",
    "googleapiclient": "google-api-python-client",
    "skimage": "scikit-image",
    "usb": "pyusb",
    "mysqldb": "mysqlclient",
    "psycopg": "psycopg2-binary",
    "dateutil": "python-dateutil",
    "dotenv": "python-dotenv",
    "serial": "pyserial",
    "yaml": "pyyaml",
    "jwt": "pyjwt",
    "git": "gitpython",
    "github": "pygithub",
    "ldap": "python-ldap",
    "magic": "python-magic",
    "nmap": "python-nmap",
    "telegram": "python-telegram-bot",
    "pkg-resources": "setuptools",
    "zmq": "pyzmq",
    "docx": "python-docx",
    "pptx": "python-pptx",
    "fitz": "pymupdf",
    "attr": "attrs",
    "websocket": "websocket-client",
    "grpc": "grpcio",
    "lxml-etree": "lxml",
    "rest-framework": "djangorestframework",
    "flask-login-manager": "flask-login",
    "win32api": "pywin32",
    "win32com": "pywin32",
    "pythoncom": "pywin32",
    "tensorflow-hub-models": "tensorflow-hub",
    "multipart": "python-multipart",
    "jose": "python-jose",
    "slugify": "python-slugify",
    "levenshtein": "python-levenshtein",
    "snappy": "python-snappy",
    "decouple": "python-decouple",
    "socketio": "python-socketio",
    "engineio": "python-engineio",
    "bs4-beautifulsoup": "beautifulsoup4",
    "openssl": "pyopenssl",
    "opengl": "pyopengl",
    "sklearn-learn": "scikit-learn",
}


def project_of(kind: str, name: str) -> str:
    """The project that brings a module of this name, where it is called otherwise; empty where that is not known."""
    return _PROJECTS.get(name, "") if kind == PYPI else ""
