"""What functions of Python's libraries do, by their full names: tables that the view looks calls up in.

The label of a call is an observation of its own, takes the labels of the arguments as inputs, and goes on into what is done with
the result: `exec(requests.get(url).text)` is `code.exec` with `net.http` among its inputs.
"""

from typing import Final


def _table(**labels: str) -> dict[str, str]:
    return {name: label.replace("__", ".") for label, names in labels.items() for name in names.split()}


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


CALLS: Final[dict[str, str]] = _table(
    code__exec="""<ipython>.run_cell <ipython>.ex <ipython>.ev <ipython>.runcode <ipython>.safe_execfile builtins.exec
        builtins.eval
        exec eval types.FunctionType types.CodeType runpy.run_path runpy.run_module
        code.InteractiveInterpreter code.InteractiveConsole code.interact imp.load_source imp.load_module
        execfile builtins.execfile pickle.loads.exec timeit.timeit
        timeit.repeat pandas.eval cython.inline""",
    code__compile="builtins.compile compile codeop.compile_command ast.parse",
    code__dynamic_import="""builtins.__import__ __import__ importlib.import_module importlib.__import__
        importlib.machinery.SourceFileLoader importlib.util.spec_from_file_location importlib.util.spec_from_loader
        importlib.util.module_from_spec
        zipimport.zipimporter""",
    code__compile_load="importlib.machinery.SourcelessFileLoader imp.load_compiled",
    code__native_by_path="""ctypes.CDLL ctypes.cdll.LoadLibrary ctypes.WinDLL ctypes.windll.LoadLibrary ctypes.PyDLL
        ctypes.OleDLL cffi.FFI.dlopen imp.load_dynamic importlib.machinery.ExtensionFileLoader _ctypes.LoadLibrary
        _ctypes.dlopen ctypes.windll.kernel32.LoadLibraryA ctypes.windll.kernel32.LoadLibraryW""",
    code__deserialise="""pickle.loads pickle.load pickle.Unpickler cPickle.loads cPickle.load _pickle.loads dill.loads
        dill.load cloudpickle.loads cloudpickle.load joblib.load torch.load shelve.open jsonpickle.decode yaml.unsafe_load
        numpy.load pandas.read_pickle""",
    decode__marshal="marshal.loads marshal.load",
    code__patch="builtins.setattr setattr gc.get_objects sys.settrace sys.setprofile sys.meta_path.insert sys.meta_path.append "
    "sys.addaudithook",
    proc__shell="""<ipython>.system <ipython>.getoutput <ipython>.system_piped <ipython>.system_raw os.system os.popen
        subprocess.getoutput subprocess.getstatusoutput commands.getoutput
        commands.getstatusoutput popen2.popen2 popen2.popen3 popen2.popen4 os.popen2 os.popen3 os.popen4 posix.system
        nt.system asyncio.create_subprocess_shell platform.popen pexpect.spawn pexpect.run sh.bash sh.sh""",
    proc__spawn="""subprocess.run subprocess.Popen subprocess.call subprocess.check_call subprocess.check_output
        os.execv os.execve os.execvp os.execvpe os.execl os.execle os.execlp os.execlpe os.spawnv os.spawnve os.spawnvp
        os.spawnvpe os.spawnl os.spawnle os.spawnlp os.spawnlpe os.posix_spawn os.posix_spawnp os.startfile
        asyncio.create_subprocess_exec win32api.ShellExecute win32process.CreateProcess ctypes.windll.shell32.ShellExecuteW
        ctypes.windll.shell32.ShellExecuteA multiprocessing.Process.exec _winapi.CreateProcess distutils.spawn.spawn
        subprocess32.run webbrowser.open""",
    proc__storm="os.fork os.forkpty",
    proc__shell_plumbing="os.dup2 pty.spawn pty.fork",
    proc__injection="""ctypes.windll.kernel32.VirtualAlloc ctypes.windll.kernel32.VirtualAllocEx
        ctypes.windll.kernel32.WriteProcessMemory ctypes.windll.kernel32.CreateRemoteThread
        ctypes.windll.kernel32.CreateThread ctypes.windll.kernel32.RtlMoveMemory ctypes.windll.kernel32.VirtualProtect
        ctypes.windll.kernel32.EnumSystemLocalesA ctypes.windll.ntdll.NtAllocateVirtualMemory
        ctypes.windll.ntdll.RtlMoveMemory""",
    proc__kill="os.kill os.killpg psutil.Process.kill psutil.Process.terminate",
    proc__privilege="ctypes.windll.shell32.IsUserAnAdmin os.setuid os.seteuid",
    proc__memory_read="ctypes.windll.kernel32.ReadProcessMemory ptrace.debugger.PtraceDebugger",
    proc__self_install="pip.main pip._internal.main pip._internal.cli.main.main setuptools.command.easy_install.main",
    net__http="""requests.get requests.head requests.request requests.options requests.Session.get httpx.get httpx.request
        httpx.stream httpx.head urllib.request.urlopen urllib.request.Request urllib2.urlopen urllib2.Request urllib.urlopen
        urllib3.request urllib3.PoolManager.request <http>.request <http>.get <http>.getresponse http.client.HTTPConnection
        http.client.HTTPSConnection httplib.HTTPConnection httplib.HTTPSConnection httplib2.Http aiohttp.ClientSession
        aiohttp.request urllib.request.build_opener <opener>.open pycurl.Curl treq.get grequests.get requests_html.HTMLSession
        cloudscraper.create_scraper curl_cffi.requests.get mechanize.Browser selenium.webdriver.Chrome tls_client.Session
        websocket.WebSocketApp websocket.create_connection websockets.connect git.Repo.clone_from huggingface_hub.hf_hub_download
        xmlrpc.client.ServerProxy pandas.read_csv.url boto3.client boto3.resource primp.Client""",
    net__send="""requests.post requests.put requests.patch requests.delete httpx.post httpx.put httpx.patch <http>.post
        <http>.put <http>.patch <http>.send aiohttp.ClientSession.post discord.Webhook.from_url discord.SyncWebhook.from_url
        discord_webhook.DiscordWebhook dhooks.Webhook dhooks_lite.Webhook discordwebhook.Discord telebot.TeleBot telegram.Bot
        slack_sdk.WebClient slack_sdk.webhook.WebhookClient treq.post grequests.post curl_cffi.requests.post
        <webhook>.send <webhook>.execute <webhook>.post <webhook>.send_message <webhook>.send_document <webhook>.add_file
        <s3>.upload_file <s3>.put_object gofile.uploadFile gofilepy.gofile_upload""",
    net__socket="""socket.socket socket.create_connection <socket>.connect <socket>.connect_ex <socket>.send <socket>.sendall
        <socket>.sendto asyncio.open_connection ssl.wrap_socket paramiko.SSHClient paramiko.Transport <ssh>.connect
        telnetlib.Telnet ftplib.FTP ftplib.FTP_TLS <ftp>.storbinary <ftp>.login zmq.Context paho.mqtt.client.Client
        scapy.all.send""",
    net__received="<socket>.recv <socket>.recvfrom <socket>.recv_into <socket>.makefile <websocket>.recv <ftp>.retrbinary",
    net__dns="""socket.gethostbyname socket.getaddrinfo socket.gethostbyname_ex dns.resolver.resolve dns.resolver.query
        dns.resolver.Resolver socket.gethostbyaddr""",
    net__listen="""<socket>.bind <socket>.listen socketserver.TCPServer http.server.HTTPServer socket.create_server
        asyncio.start_server flask.Flask.run""",
    net__mail="smtplib.SMTP smtplib.SMTP_SSL <smtp>.sendmail <smtp>.send_message yagmail.SMTP",
    net__download_file="""urllib.request.urlretrieve urllib.urlretrieve wget.download urllib.request.URLopener.retrieve
        gdown.download pySmartDL.SmartDL youtube_dl.download pget.Downloader""",
    decode__base="""base64.b64decode base64.urlsafe_b64decode base64.standard_b64decode base64.decodebytes
        base64.decodestring base64.b32decode base64.b16decode base64.b85decode base64.a85decode base64.z85decode
        base64.b32hexdecode binascii.a2b_base64 binascii.unhexlify binascii.a2b_hex binascii.a2b_uu bytes.fromhex
        bytearray.fromhex pybase64.b64decode base58.b58decode base45.b45decode uu.decode quopri.decodestring
        binascii.a2b_qp builtins.bytes.fromhex builtins.bytearray.fromhex""",
    decode__compress="""zlib.decompress lzma.decompress bz2.decompress gzip.decompress gzip.GzipFile zlib.decompressobj
        lzma.LZMADecompressor bz2.BZ2Decompressor brotli.decompress zstandard.decompress snappy.decompress lz4.frame.decompress
        <inflater>.decompress""",
    decode__cipher="""codecs.decode cryptography.fernet.Fernet <fernet>.decrypt Crypto.Cipher.AES.new Cryptodome.Cipher.AES.new
        Crypto.Cipher.DES.new Crypto.Cipher.DES3.new Crypto.Cipher.ARC4.new Crypto.Cipher.ChaCha20.new pyaes.AESModeOfOperationCTR
        pyaes.AESModeOfOperationCBC pyaes.AESModeOfOperationGCM nacl.secret.SecretBox Crypto.Cipher.PKCS1_OAEP.new
        <cipher>.decrypt <cipher>.decrypt_and_verify cryptography.hazmat.primitives.ciphers.Cipher rncryptor.decrypt
        Crypto.Util.Padding.unpad""",
    decode__media="""stegano.lsb.reveal stepic.decode stegano.exifHeader.reveal judyb.reveal lsb.reveal wave.open
        cryptosteganography.CryptoSteganography PIL.Image.Image.getdata""",
    read__host_info="""socket.gethostname platform.node platform.platform platform.system platform.release platform.version
        platform.machine platform.processor platform.uname platform.mac_ver platform.win32_ver platform.architecture
        platform.python_version os.uname os.getlogin getpass.getuser os.getuid socket.getfqdn uuid.getnode uuid.UUID.node
        psutil.users psutil.virtual_memory psutil.cpu_count getmac.get_mac_address netifaces.interfaces cpuinfo.get_cpu_info
        os.cpu_count distro.id win32api.GetComputerName win32api.GetUserName psutil.disk_usage""",
    read__inventory="""psutil.process_iter psutil.pids psutil.net_connections psutil.net_if_addrs psutil.disk_partitions
        wmi.WMI wmi.WMI.Win32_Process GPUtil.getGPUs pkg_resources.working_set importlib.metadata.distributions
        nmap.PortScanner pwd.getpwall win32evtlog.OpenEventLog""",
    read__clipboard="""pyperclip.paste clipboard.paste win32clipboard.GetClipboardData tkinter.Tk.clipboard_get
        pandas.read_clipboard <tk>.clipboard_get xerox.paste clipman.get""",
    write__clipboard="""pyperclip.copy clipboard.copy win32clipboard.SetClipboardData win32clipboard.SetClipboardText
        tkinter.Tk.clipboard_append <tk>.clipboard_append xerox.copy clipman.set""",
    read__screen="""PIL.ImageGrab.grab pyautogui.screenshot mss.mss mss.mss.shot d3dshot.create pyscreenshot.grab
        ImageGrab.grab pyscreeze.screenshot""",
    read__camera="cv2.VideoCapture sounddevice.rec pyaudio.PyAudio sounddevice.InputStream pygame.camera.Camera",
    read__keys="""pynput.keyboard.Listener keyboard.on_press keyboard.hook keyboard.record keyboard.on_release
        pyHook.HookManager pyxhook.HookManager pynput.keyboard.Listener.start evdev.InputDevice keyboard.read_event
        pyWinhook.HookManager pynput.mouse.Listener ctypes.windll.user32.SetWindowsHookExA
        ctypes.windll.user32.GetAsyncKeyState""",
    read__env_secret="keyring.get_password keyring.get_credential",  # noqa: S106 - names of functions
    read__secrets_store="""win32crypt.CryptUnprotectData
        ctypes.windll.crypt32.CryptUnprotectData secretstorage.get_default_collection win32cred.CredEnumerate""",
    read__browser="""browser_cookie3.chrome browser_cookie3.load browser_cookie3.firefox browser_cookie3.edge
        browser_cookie3.opera browser_cookie3.brave browsercookie.chrome browsercookie.load browserhistory.get_browserhistory
        rookiepy.load rookiepy.chrome browser_history.get_history pycookiecheat.chrome_cookies""",
    read__file="""os.listdir os.walk os.scandir glob.glob glob.iglob shutil.copyfile shutil.copy shutil.copy2 shutil.copytree
        pathlib.Path.read_text pathlib.Path.read_bytes <path>.read_text <path>.read_bytes <path>.glob <path>.rglob <path>.iterdir
        sqlite3.connect <path>.open io.open codecs.open fileinput.input zipfile.ZipFile linecache.getline
        shutil.make_archive""",
    write__file="""<writer>.write <writer>.writelines pathlib.Path.write_text pathlib.Path.write_bytes <path>.write_text
        <path>.write_bytes os.write shutil.move os.rename os.replace os.symlink os.link json.dump <zip>.extractall
        <zip>.extract tarfile.open.extractall shutil.unpack_archive os.mknod""",
    write__temp="""tempfile.NamedTemporaryFile tempfile.mkstemp tempfile.mkdtemp tempfile.gettempdir
        tempfile.TemporaryDirectory tempfile.mktemp tempfile.TemporaryFile""",
    write__executable="os.chmod os.fchmod <path>.chmod",
    write__schedule="""crontab.CronTab win32com.client.Dispatch.schedule
        apscheduler.schedulers.background.BackgroundScheduler.exec""",
    write__autostart="""winreg.SetValueEx _winreg.SetValueEx win32api.RegSetValueEx winreg.SetValue win32con.REG_SET
        winshell.CreateShortcut winshell.startup""",
    harm__delete="os.remove os.unlink shutil.rmtree os.rmdir os.removedirs <path>.unlink <path>.rmdir send2trash.send2trash",
    harm__shutdown="""ctypes.windll.ntdll.NtRaiseHardError ctypes.windll.ntdll.RtlSetProcessIsCritical
        ctypes.windll.ntdll.RtlAdjustPrivilege ctypes.windll.user32.BlockInput""",
    harm__encrypt="Crypto.Cipher.AES.encrypt <cipher>.encrypt <fernet>.encrypt pyAesCrypt.encryptFile",
    evade__delay="time.sleep threading.Timer asyncio.sleep",
    evade__locale="locale.getdefaultlocale locale.getlocale time.tzname ctypes.windll.kernel32.GetUserDefaultUILanguage",
    evade__sandbox="""ctypes.windll.kernel32.IsDebuggerPresent ctypes.windll.kernel32.CheckRemoteDebuggerPresent sys.gettrace
        ctypes.windll.kernel32.SetConsoleTitleW""",
    proc__hidden_window="""ctypes.windll.user32.ShowWindow win32gui.ShowWindow ctypes.windll.kernel32.GetConsoleWindow
        ctypes.windll.kernel32.FreeConsole""",
    read__env="os.getenv os.environ.get os.environb.get environ.get",
)
"""Calls by full name, and the label of each."""

VALUES: Final[dict[str, str]] = {
    "os.environ": "read.env_all",
    "os.environb": "read.env_all",
    "posix.environ": "read.env_all",
    "sys.executable": "py.self",
    "flask.request": "net.received",
    "fastapi.Request": "net.received",
    "bottle.request": "net.received",
    "subprocess.DEVNULL": "py.devnull",
    "os.devnull": "py.devnull",
    "subprocess.CREATE_NO_WINDOW": "py.hidden",
    "subprocess.STARTUPINFO": "py.hidden",
}
"""Names that carry a label without being called; those that begin with `py.` are for the view only."""

RESULTS: Final[dict[str, str]] = {
    "get_ipython": "<ipython>",
    "IPython.get_ipython": "<ipython>",
    "IPython.core.getipython.get_ipython": "<ipython>",
    "socket.socket": "<socket>",
    "socket.create_connection": "<socket>",
    "ssl.wrap_socket": "<socket>",
    "requests.Session": "requests",
    "requests.session": "requests",
    "httpx.Client": "httpx",
    "httpx.AsyncClient": "httpx",
    "aiohttp.ClientSession": "<http>",
    "http.client.HTTPConnection": "<http>",
    "http.client.HTTPSConnection": "<http>",
    "httplib.HTTPSConnection": "<http>",
    "httplib.HTTPConnection": "<http>",
    "urllib3.PoolManager": "<http>",
    "urllib3.ProxyManager": "<http>",
    "cloudscraper.create_scraper": "<http>",
    "tls_client.Session": "<http>",
    "urllib.request.build_opener": "<opener>",
    "paramiko.SSHClient": "<ssh>",
    "ftplib.FTP": "<ftp>",
    "ftplib.FTP_TLS": "<ftp>",
    "smtplib.SMTP": "<smtp>",
    "smtplib.SMTP_SSL": "<smtp>",
    "cryptography.fernet.Fernet": "<fernet>",
    "Crypto.Cipher.AES.new": "<cipher>",
    "Cryptodome.Cipher.AES.new": "<cipher>",
    "Crypto.Cipher.DES.new": "<cipher>",
    "Crypto.Cipher.ARC4.new": "<cipher>",
    "zlib.decompressobj": "<inflater>",
    "discord.Webhook.from_url": "<webhook>",
    "discord.SyncWebhook.from_url": "<webhook>",
    "discord_webhook.DiscordWebhook": "<webhook>",
    "dhooks.Webhook": "<webhook>",
    "discordwebhook.Discord": "<webhook>",
    "telebot.TeleBot": "<webhook>",
    "telegram.Bot": "<webhook>",
    "boto3.client": "<s3>",
    "pathlib.Path": "<path>",
    "pathlib.PurePath": "<path>",
    "zipfile.ZipFile": "<zip>",
    "tarfile.open": "<zip>",
    "tempfile.NamedTemporaryFile": "<writer>",
    "tempfile.TemporaryFile": "<writer>",
    "tkinter.Tk": "<tk>",
    "pickle.Unpickler": "<unpickler>",
}
"""What kind of thing a call gives, so that its methods are known."""

DECODERS: Final[dict[str, str]] = {
    **dict.fromkeys(
        (
            "base64.b64decode",
            "base64.urlsafe_b64decode",
            "base64.standard_b64decode",
            "base64.decodebytes",
            "base64.decodestring",
            "binascii.a2b_base64",
            "pybase64.b64decode",
        ),
        "base64",
    ),
    "base64.b32decode": "base32",
    "base64.b16decode": "base16",
    "binascii.unhexlify": "base16",
    "binascii.a2b_hex": "base16",
    "binascii.a2b_uu": "uu",
    "bytes.fromhex": "base16",
    "builtins.bytes.fromhex": "base16",
    "builtins.bytearray.fromhex": "base16",
    "bytearray.fromhex": "base16",
    "base64.b85decode": "base85",
    "base64.a85decode": "ascii85",
    "zlib.decompress": "zlib",
    "gzip.decompress": "zlib",
    "bz2.decompress": "bz2",
    "lzma.decompress": "lzma",
}
"""Calls whose result is computed where their argument is a constant, by the decoder's name."""

CODECS: Final[dict[str, str]] = {
    "rot13": "rot13",
    "rot_13": "rot13",
    "rot-13": "rot13",
    "hex": "base16",
    "hex_codec": "base16",
    "base64": "base64",
    "base64_codec": "base64",
    "zlib": "zlib",
    "zip": "zlib",
    "bz2": "bz2",
    "unicode_escape": "escapes",
    "unicode-escape": "escapes",
    "string_escape": "escapes",
}
"""Names of codecs that hide rather than spell, by the decoder's name."""

SENSITIVE_MODULES: Final = _names(
    """
    ctypes winreg _winreg pty marshal pynput keyboard win32crypt win32clipboard pyperclip telebot telegram dhooks
    discord_webhook browser_cookie3 psutil wmi paramiko pyautogui mss scapy sqlite3 nmap shodan pyscreenshot stegano
    """
)
"""Modules whose import is worth a word."""

DANGEROUS: Final = _names(
    """
    builtins.exec builtins.eval builtins.compile builtins.__import__ os.system os.popen subprocess.run subprocess.Popen
    subprocess.call subprocess.check_output marshal.loads base64.b64decode zlib.decompress
    """
)
"""Functions that have no reason to be called by another name."""

_COMMANDS: Final = _names(
    """
    install develop egg_info build_py sdist build_ext build bdist_egg bdist_wheel install_lib easy_install install_scripts
    install_data
    """
)

INSTALL_BASES: Final = frozenset(
    f"{package}.command.{module}.{name}"
    for package in ("setuptools", "distutils")
    for module in _COMMANDS
    for name in (module, module.title().replace("_", ""))
) | {"setuptools.Command", "distutils.cmd.Command", "wheel.bdist_wheel.bdist_wheel", "distutils.core.Command"}
"""Classes whose subclasses run when a package is built or installed."""

_GROUPS: Final = {
    "code": (
        "exec eval execfile FunctionType CodeType run_path run_module load_source InteractiveConsole InteractiveInterpreter "
        "SourceFileLoader spec_from_file_location module_from_spec"
    ),
    "reflect": "__import__ import_module globals vars __builtins__ builtins",
    "process": "subprocess system popen Popen execv execve execvp execl spawnv spawnl spawnlp startfile getoutput pty "
    "create_subprocess_shell create_subprocess_exec posix_spawn ShellExecute pexpect commands dup2 fork",
    "net": "requests httpx urllib urllib2 urllib3 urlopen urlretrieve httplib aiohttp socket ftplib smtplib telnetlib paramiko "
    "websocket websockets HTTPSConnection HTTPConnection pycurl wget telebot telegram dhooks discord_webhook discord boto3 "
    "xmlrpc gdown gethostbyname resolver cloudscraper tls_client curl_cffi slack_sdk primp",
    "decode": "b64decode urlsafe_b64decode standard_b64decode decodebytes decodestring b32decode b16decode b85decode a85decode "
    "a2b_base64 unhexlify a2b_hex fromhex decompress marshal codecs decompressobj Fernet AES rot13 rot_13 unicode_escape "
    "wave stepic stegano",
    "spelled": r"/chr\s*\(\s*[0-9]+\s*\)\s*\+/ /map\s*\(\s*chr\b/ /chr\s*\([^()]{1,60}\)\s*for\b/ /chr\s*\([^()]{0,40}\([^()]{1,40}\)[^()]{0,40}\)\s*for\b/ "
    r"/join\s*\(\s*[\[(]?\s*(chr|reversed)\b/ /\+=?\s*chr\s*\(/",
    "computed": "getattr",
    "builtin": "__import__ __builtins__ builtins",
    "native": "ctypes cffi windll CDLL WinDLL LoadLibrary load_dynamic ExtensionFileLoader dlopen",
    "deserialise": "pickle cPickle dill cloudpickle joblib unsafe_load jsonpickle",
    "secrets": "environ environb getenv keyring win32crypt CryptUnprotectData browser_cookie3 secretstorage getpass",
    "watch": "pyperclip clipboard win32clipboard ImageGrab pyautogui mss pynput keyboard pyHook pyxhook evdev VideoCapture "
    "sounddevice pyaudio pyscreenshot",
    "stay": "winreg _winreg crontab winshell SetValueEx chmod cmdclass",
    "host": "gethostname platform getuser getlogin uname getnode psutil wmi getfqdn",
    "keys": "private_key privkey priv_key mnemonic seed_phrase secret_key keypair",
    "patched": r"/\.__(init|new|call)__\s*=[^=]/",
    "harm": "rmtree unlink NtRaiseHardError RtlSetProcessIsCritical BlockInput removedirs",
}
WORDS: Final[dict[str, tuple[str, ...]]] = {group: tuple(words.split()) for group, words in _GROUPS.items()}
"""Identifiers without which a file does nothing that the view looks for, in groups."""
