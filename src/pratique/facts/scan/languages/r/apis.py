"""What functions of R and its packages do, by their plain names: tables that the view looks calls up in."""

from typing import Final


def _table(**labels: str) -> dict[str, str]:
    return {name: label.replace("__", ".") for label, names in labels.items() for name in names.split()}


CALLS: Final[dict[str, str]] = _table(
    code__exec="eval evalq eval_tidy eval_bare sys.source source source_url source_gist sourceDirectory withr_with",
    code__compile="parse str2lang str2expression parse_expr parse_exprs parse_quo cmpfun compile",
    code__native_by_path="dyn.load library.dynam",
    code__deserialise="readRDS load unserialize read_rds lazyLoad attach qread qload loadWorkbook",
    proc__shell="system shell pipe shell.exec",
    proc__spawn="system2 exec_wait exec_background exec_internal run_command process$new processx::run",
    proc__self_install="""install.packages install_github install_gitlab install_bitbucket install_git install_url install_svn
        install_version install_cran pkg_install py_install install_miniconda conda_install virtualenv_install""",
    proc__kill="pskill kill_tree",
    net__http="""url GET HEAD VERB curl curl_fetch_memory curl_fetch_stream curl_fetch_multi getURL getURLContent getBinaryURL
        req_perform req_perform_stream read_html browseURL fetch_url gh""",
    net__send="""POST PUT PATCH DELETE postForm curl_upload ftpUpload httpPOST httpPUT send_message slackr slackr_msg
        slackr_upload put_object s3write_using drive_upload gist_create curlPerform""",
    net__socket="socketConnection make.socket socketSelect write.socket read.socket serverSocket socketAccept WebSocket",
    net__dns="nsl",
    net__listen="startServer runServer",
    net__mail="send.mail sendmail gm_send_message smtp_send email_send",
    net__download_file="download.file curl_download download.packages multi_download download_html bitmap_download",
    decode__base="base64decode base64_dec base64_decode base64Decode base64url_decode base64_to_raw hex2bin hex_to_raw",
    decode__compress="memDecompress brotli_decompress zstd_decompress inflate gunzip",
    decode__cipher="aes_cbc_decrypt aes_ctr_decrypt aes_gcm_decrypt simple_decrypt decrypt_string data_decrypt rsa_decrypt "
    "decrypt_object decrypt_envelope AES rc4",
    read__host_info="Sys.info",
    read__inventory="installed.packages ps ps_pids ps_users list.processes get_sysctl",
    read__file="""readLines readChar readBin read.csv read.table scan read_file read_lines read_csv fread
        read_json read_yaml read.dcf list.files dir read.delim readr_read read_file_raw""",
    read__clipboard="readClipboard read_clip clipr_read",
    read__screen="screenshot",
    read__secrets_store="key_get",
    write__file="""file.copy writeLines cat write write.table write.csv writeBin writeChar saveRDS save write_file write_lines
        sink dput
        dump file.rename file.append file.symlink write_rds writexl""",
    write__executable="Sys.chmod",
    write__env="Sys.setenv",
    write__schedule="cron_add cron_rscript taskscheduler_create",
    write__temp="tempfile tempdir",
    harm__delete="unlink file.remove file_delete dir_delete",
    harm__shutdown="",
    code__patch="assignInNamespace assignInMyNamespace unlockBinding trace registerS3method",
    evade__delay="Sys.sleep",
    evade__locale="Sys.getlocale",
    read__env="Sys.getenv",
)
"""Calls by plain name, and the label of each."""

DECODERS: Final[dict[str, str]] = {
    **dict.fromkeys(
        ("base64decode", "base64_dec", "base64_decode", "base64Decode", "base64url_decode", "base64_to_raw"), "base64"
    ),
    **dict.fromkeys(("hex2bin", "hex_to_raw"), "base16"),
}
"""Calls whose result is computed where their argument is a constant, by the decoder's name."""

_THROUGH_TEXT: Final = """invisible suppressWarnings suppressMessages suppressPackageStartupMessages try tryCatch
    withCallingHandlers identity I force print local with within capture.output enc2utf8 enc2native iconv
    as.character as.vector trimws normalizePath path.expand shQuote noquote isolate withVisible content
    resp_body_string resp_body_raw as.expression unclass toString unname as_string structure"""
THROUGH: Final = frozenset(_THROUGH_TEXT.split())
"""Calls that give what they are given, or so much like it that a text stays a text."""

_READERS_TEXT: Final = """readLines readChar readBin read.csv read.table scan read_file read_lines read_csv fread
    read_json read_yaml fromJSON source sys.source list.files dir read_html readRDS load read.delim read_file_raw
    read_xml xmlParse
    htmlParse"""
READERS: Final = frozenset(_READERS_TEXT.split())
"""Calls whose first argument is a path, a connection, or an address that is fetched."""

HIDDEN: Final = frozenset(
    {"system", "system2", "shell", "eval", "parse", "source", "download.file", "dyn.load", "unlink", "pipe"}
)
"""Functions that have no reason to be reached by a name that is put together."""

HOOKS: Final = frozenset(
    {".onLoad", ".onAttach", ".First.lib", ".onUnload", ".onDetach", ".Last.lib", ".First", ".Last"}
)
"""Functions that R itself calls when a package is loaded, attached or left, and at start and end (`?ns-hooks`, `?Startup`)."""

_GROUPS: Final = {
    "process": "system system2 shell pipe processx callr exec_wait exec_background pskill shell.exec",
    "net": """url download.file socketConnection curl httr httr2 RCurl getURL GET POST curl_fetch_memory curl_download make.socket
        serverSocket nsl req_perform request websocket smtp_send send.mail sendmail gm_send_message""",
    "sources": "source sys.source source_url source_gist",
    "code": "eval evalq parse str2lang parse_expr str2expression eval_tidy cppFunction sourceCpp",
    "texts": "paste0 paste sprintf strsplit substr substring letters LETTERS",
    "reads": "readLines readChar readBin scan read_file read_lines fromJSON",
    "reflect": "do.call match.fun getFromNamespace as.name as.symbol get getExportedValue call as.call exec",
    "decode": """base64decode base64_dec base64_decode base64Decode memDecompress rawToChar intToUtf8 chartr utf8ToInt bitwXor
        aes_cbc_decrypt as.hexmode base64enc""",
    "native": "dyn.load",
    "foreign": "py_run_string py_eval py_run_file V8 v8 reticulate source_python rJava system.file",
    "deserialise": "readRDS unserialize",
    "secrets": "Sys.getenv Sys.info key_get keyring",
    "stay": "cronR cron_add taskscheduleR Rprofile Renviron onLoad onAttach Sys.chmod Sys.setenv",
    "harm": "unlink file.remove",
    "home": "path.expand HOME force",
}
WORDS: Final[dict[str, tuple[str, ...]]] = {group: tuple(words.split()) for group, words in _GROUPS.items()}
"""Identifiers without which a file does nothing that the view looks for, in groups."""
