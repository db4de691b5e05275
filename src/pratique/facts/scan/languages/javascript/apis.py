"""What functions of JavaScript's hosts and of well-known packages do, by their full names: tables that the view looks calls up in.

Names are those of Node.js's modules without `node:`, of browsers' globals without `window.`, of packages as they are imported.
What a call gives, or hands to its callback, has a kind in angle brackets, so that its methods are known.
"""

from typing import Final


def _table(**labels: str) -> dict[str, str]:
    return {name: label.replace("__", ".") for label, names in labels.items() for name in names.split()}


CALLS: Final[dict[str, str]] = _table(
    code__exec="""worker_threads.Worker eval Function vm.runInThisContext vm.runInNewContext vm.runInContext vm.Script vm.compileFunction
        vm.SourceTextModule require-from-string node-eval safe-eval importScripts execScript <any>._compile Module.prototype._compile
        <vm>.run _eval pyodide.runPython chrome.scripting.executeScript chrome.tabs.executeScript webContents.executeJavaScript""",
    code__compile="vm.createScript Bun.Transpiler",
    code__compile_load="WebAssembly.instantiate WebAssembly.compile WebAssembly.Module bytenode.runBytecode bytenode.runBytecodeFile "
    "v8.deserialize.run",
    code__native_by_path="process.dlopen ffi-napi.Library ffi.Library koffi.load Deno.dlopen bun:ffi.dlopen <any>.dlopen",
    code__deserialise="node-serialize.unserialize v8.deserialize funcster.deepDeserialize cryo.parse",
    proc__shell="""child_process.exec child_process.execSync shelljs.exec execa.command execa.commandSync execa.execaCommand
        execa.execaCommandSync node-cmd.run node-cmd.get node-cmd.runSync zx.$ Bun.$ bun.$ promisify:child_process.exec
        child-process-promise.exec sudo-prompt.exec <shell>.Run <shell>.Exec <shell>.ShellExecute exec-sh""",
    proc__spawn="""child_process.spawn child_process.spawnSync child_process.execFile child_process.execFileSync
        child_process.fork cross-spawn cross-spawn.sync cross-spawn.spawn execa execa.sync execa.execa execa.execaSync
        execa.node Bun.spawn Bun.spawnSync Deno.run Deno.Command spawn_sync.spawn process_wrap.Process.spawn
        child-process-promise.spawn promisify:child_process.execFile node-pty.spawn nano-spawn tinyexec.x tinyexec.exec
        <any>.spawnSync <any>.execFileSync""",
    proc__kill="process.kill ps-tree tree-kill fkill",
    proc__privilege="process.setuid process.seteuid process.setgid",
    proc__injection="frida.attach",
    net__http="""http.request http.get https.request https.get http2.connect follow-redirects.http.get
        follow-redirects.https.get follow-redirects.https.request follow-redirects.http.request fetch axios axios.get
        axios.request axios.head got got.get got.head got.stream request request.get request.head superagent.get superagent
        needle needle.get undici.request undici.fetch undici.stream undici.pipeline bent phin phin.promisified miniget
        centra wretch ky ky.get alpine-fetch make-fetch-happen minipass-fetch npm-registry-fetch npm-registry-fetch.json
        <xhr>.open jQuery.get jQuery.ajax jQuery.getJSON jQuery.getScript $.get $.ajax $.getJSON $.getScript EventSource
        simple-get simple-get.concat urllib.request httpntlm.get chrome.cookies.getAll GM_xmlhttpRequest typed-rest-client
        @actions/http-client.HttpClient sync-request then-request sync-fetch xhr2 cross-fetch.fetch axios.postForm <http>.get
        <http>.request <http>.head <http>.json @octokit/rest.Octokit @octokit/core.Octokit octokit.Octokit electron.net.request
        curl-request node-libcurl.curl.get $http.get $http <xhr>.Open""",
    net__send="""axios.post axios.put axios.patch axios.delete got.post got.put got.patch request.post request.put request.patch
        superagent.post superagent.put needle.post needle.put ky.post ky.put navigator.sendBeacon <request>.write
        <request>.end <xhr>.send jQuery.post $.post <http>.post <http>.put <http>.patch discord.js.WebhookClient
        <webhook>.send <xhr>.Send @slack/webhook.IncomingWebhook <s3>.putObject <s3>.upload bent.post
        node-telegram-bot-api telegraf.Telegraf <telegram>.sendMessage <telegram>.sendDocument <telegram>.sendPhoto
        $http.post typed-rest-client.create""",
    net__socket="""net.connect net.createConnection net.Socket tls.connect dgram.createSocket <socket>.connect <socket>.write
        <socket>.send <socket>.emit WebSocket ws ws.WebSocket socket.io-client socket.io-client.io socket.io-client.connect
        socket.io-client.Manager websocket.client ssh2.Client <socket>.end mqtt.connect amqplib.connect
        reconnecting-websocket <ftp>.access <ftp>.uploadFrom basic-ftp.Client ftp""",
    net__dns="""dns.lookup dns.resolve dns.resolve4 dns.resolve6 dns.resolveTxt dns.resolveCname dns.resolveMx dns.resolveAny
        dns.resolveNs <resolver>.resolve <resolver>.resolve4 <resolver>.resolveTxt <resolver>.lookup native-dns.Request""",
    net__listen="http.createServer https.createServer net.createServer http2.createServer tls.createServer Bun.serve Deno.serve",
    net__mail="nodemailer.createTransport <mailer>.sendMail <mailer>.sendEmail <mailer>.sendEmailWithTemplate postmark.ServerClient resend.Resend @sendgrid/mail.send sendmail emailjs.send mailgun-js mailgun.js",
    net__download_file="""download node-wget wget-improved.download nodejs-file-downloader.Downloader download-file
        electron-dl.download node-downloader-helper.DownloaderHelper download-git-repo chrome.downloads.download
        @electron/get.download @electron/get.downloadArtifact adm-zip.download""",
    decode__base="""atob Buffer.decode base64-js.toByteArray js-base64.decode js-base64.Base64.decode Base64.decode
        CryptoJS.enc.Base64.parse crypto-js.enc.Base64.parse crypto-js.enc.Hex.parse base-64.decode bs58.decode base58.decode
        hi-base32.decode base32.decode Uint8Array.fromBase64 Uint8Array.fromHex base64url.decode base64url.toBuffer
        utf8.base64 ascii85.decode base85.decode""",
    decode__compress="""zlib.inflateSync zlib.gunzipSync zlib.unzipSync zlib.brotliDecompressSync zlib.inflateRawSync zlib.inflate
        zlib.gunzip zlib.unzip zlib.brotliDecompress zlib.inflateRaw zlib.createGunzip zlib.createInflate
        zlib.createBrotliDecompress zlib.createUnzip pako.inflate pako.ungzip pako.inflateRaw lz-string.decompress
        lz-string.decompressFromBase64 lz-string.decompressFromUTF16 lz-string.decompressFromEncodedURIComponent
        fflate.gunzipSync fflate.inflateSync fflate.decompressSync fflate.unzlibSync LZString.decompressFromBase64 snappy.uncompress
        LZString.decompress LZString.decompressFromUTF16 zstd-codec.decompress lzma.decompress zlib.zstdDecompressSync""",
    decode__cipher="""crypto.createDecipheriv crypto.createDecipher crypto.privateDecrypt crypto.publicDecrypt <decipher>.update
        <decipher>.final crypto.subtle.decrypt crypto-js.AES.decrypt CryptoJS.AES.decrypt CryptoJS.RC4.decrypt
        CryptoJS.DES.decrypt CryptoJS.TripleDES.decrypt CryptoJS.Rabbit.decrypt crypto-js.RC4.decrypt crypto-js.DES.decrypt
        crypto-js.TripleDES.decrypt crypto-js.Rabbit.decrypt crypto-js.aes.decrypt cryptr.decrypt sjcl.decrypt simple-crypto-js.decrypt
        aes-js.decrypt node-forge.cipher.createDecipher tweetnacl.secretbox.open libsodium.crypto_secretbox_open_easy
        crypto.webcrypto.subtle.decrypt <cipher>.decrypt""",
    decode__charcodes="String.fromCharCode String.fromCodePoint",
    decode__media="steggy.reveal steggy-noencrypt.reveal steganography.decode lsb.decode",
    read__host_info="""os.hostname os.userInfo os.networkInterfaces node-machine-id.machineId node-machine-id.machineIdSync
        systeminformation.osInfo systeminformation.system systeminformation.uuid systeminformation.users username username.sync
        username.usernameSync macaddress.one macaddress.all getmac address.mac address.ip fullname os-name
        systeminformation.getStaticData systeminformation.getAllData computer-name dns.getServers whoami""",
    read__inventory="""systeminformation.processes systeminformation.networkConnections ps-list tasklist ps-node.lookup
        systeminformation.wifiNetworks node-wifi.scan node-wifi.getCurrentConnections systeminformation.services""",
    read__clipboard="""clipboardy.read clipboardy.readSync navigator.clipboard.readText navigator.clipboard.read
        electron.clipboard.readText copy-paste.paste copy-paste.pasteSync node-clipboardy.read <clipboard>.readText""",
    read__screen="""screenshot-desktop screenshot-desktop.all desktop-screenshot electron.desktopCapturer.getSources
        robotjs.screen.capture node-screenshots.Monitor.all chrome.tabs.captureVisibleTab""",
    read__camera="node-webcam.create node-webcam.capture node-record-lpcm16.record mic",
    read__keys="""iohook.start iohook.on uiohook-napi.uIOhook.on uiohook-napi.uIOhook.start node-global-key-listener.GlobalKeyboardListener
        keylogger.js.start gkm.events.on node-key-sender iohook-raub.on""",
    read__secrets_store="""keytar.getPassword keytar.findCredentials keytar.findPassword win-dpapi.unprotectData
        @primno/dpapi.Dpapi.unprotectData node-dpapi.unprotectData dpapi.unprotectData @primno/dpapi.unprotectData
        dpapi-addon.unprotectData chrome.passwordsPrivate.getSavedPasswordList""",
    read__browser="chrome-cookies-secure.getCookies chrome-cookies.getCookies get-cookie tough-cookie-filestore",
    read__file="""fs.readFile fs.readFileSync fs.createReadStream fs.readdir fs.readdirSync fs.copyFile fs.copyFileSync fs.open
        fs.openSync fs.readJson fs.readJsonSync fs.readJSON fs.readJSONSync fs.cp fs.cpSync fs.copy fs.copySync glob glob.sync
        fast-glob fast-glob.sync globby globby.sync Bun.file Deno.readTextFile Deno.readFile read-pkg sqlite3.Database
        better-sqlite3 jsonfile.readFile jsonfile.readFileSync load-json-file archiver adm-zip jszip""",
    write__file="""<stream>.SaveToFile <files>.CreateTextFile <files>.CopyFile fs.writeFile fs.writeFileSync fs.appendFile fs.appendFileSync fs.createWriteStream fs.rename fs.renameSync
        fs.outputFile fs.outputFileSync fs.writeJson fs.writeJsonSync fs.writeJSON fs.writeJSONSync fs.outputJson
        fs.outputJsonSync fs.symlink fs.symlinkSync fs.move fs.moveSync <writer>.write <writer>.end Bun.write Deno.writeTextFile
        Deno.writeFile write-file-atomic write-file-atomic.sync jsonfile.writeFile jsonfile.writeFileSync tar.x tar.extract
        extract-zip decompress <zip>.extractAllTo write-json-file write-pkg""",
    write__executable="fs.chmod fs.chmodSync fs.fchmod fs.fchmodSync Deno.chmod",
    write__temp="os.tmpdir fs.mkdtemp fs.mkdtempSync tmp.file tmp.fileSync tmp.dirSync temp-dir tempy.file",
    write__schedule="node-schedule.scheduleJob.exec crontab.load",
    write__autostart="""auto-launch auto-launch.enable electron.app.setLoginItemSettings node-windows.Service
        os-service.add winreg.set regedit.putValue""",
    harm__delete="""fs.unlink fs.unlinkSync fs.rm fs.rmSync fs.rmdir fs.rmdirSync rimraf rimraf.sync rimraf.rimraf
        rimraf.rimrafSync del del.sync fs.remove fs.removeSync fs.emptyDir fs.emptyDirSync Deno.remove trash shelljs.rm""",
    harm__encrypt="crypto.createCipheriv crypto.publicEncrypt crypto.createCipher crypto-js.AES.encrypt",
    harm__clipboard="""clipboardy.write clipboardy.writeSync navigator.clipboard.writeText electron.clipboard.writeText
        copy-paste.copy""",
    spread__publish="libnpmpublish.publish libnpmpublish",
)
"""Calls and constructions by full name, and the label of each; `harm.clipboard` is for the view only."""

RESULTS: Final[dict[str, str]] = {
    **dict.fromkeys(("http.request", "https.request", "http.get", "https.get", "electron.net.request"), "<request>"),
    **dict.fromkeys(
        ("follow-redirects.https.get", "follow-redirects.http.get", "follow-redirects.https.request"), "<request>"
    ),
    **dict.fromkeys(
        ("net.connect", "net.createConnection", "net.Socket", "tls.connect", "dgram.createSocket"), "<socket>"
    ),
    **dict.fromkeys(("WebSocket", "ws", "ws.WebSocket", "socket.io-client", "socket.io-client.io"), "<socket>"),
    **dict.fromkeys(("socket.io-client.connect", "reconnecting-websocket"), "<socket>"),
    **dict.fromkeys(("XMLHttpRequest", "xhr2"), "<xhr>"),
    **dict.fromkeys(
        (
            "child_process.spawn",
            "child_process.exec",
            "child_process.execFile",
            "child_process.fork",
            "cross-spawn",
            "cross-spawn.spawn",
            "node-pty.spawn",
        ),
        "<process>",
    ),
    **dict.fromkeys(("crypto.createDecipheriv", "crypto.createDecipher"), "<decipher>"),
    **dict.fromkeys(("crypto.createCipheriv", "crypto.createCipher"), "<cipher-out>"),
    "fs.createWriteStream": "<writer>",
    "fs.createReadStream": "<reader>",
    "nodemailer.createTransport": "<mailer>",
    "postmark.ServerClient": "<mailer>",
    "postmark.Client": "<mailer>",
    "dns.Resolver": "<resolver>",
    "axios.create": "axios",
    "got.extend": "got",
    "request.defaults": "request",
    "ky.create": "ky",
    "ky.extend": "ky",
    "undici.Agent": "<any>",
    "@actions/http-client.HttpClient": "<http>",
    "discord.js.WebhookClient": "<webhook>",
    "@slack/webhook.IncomingWebhook": "<webhook>",
    "node-telegram-bot-api": "<telegram>",
    "telegraf.Telegraf": "<telegram>",
    "adm-zip": "<zip>",
    "vm2.VM": "<vm>",
    "vm2.NodeVM": "<vm>",
    "vm.Script": "<script>",
    "basic-ftp.Client": "<ftp>",
    "module.createRequire": "require",
    "Module.createRequire": "require",
    "aes-js.ModeOfOperation": "<cipher>",
    "cryptr": "<cipher>",
}
"""What kind of thing a call gives, so that its methods are known."""

OBJECTS: Final[dict[str, str]] = {
    "wscript.shell": "<shell>",
    "shell.application": "<shell>",
    "msxml2.xmlhttp": "<xhr>",
    "msxml2.serverxmlhttp": "<xhr>",
    "microsoft.xmlhttp": "<xhr>",
    "winhttp.winhttprequest.5.1": "<xhr>",
    "adodb.stream": "<stream>",
    "scripting.filesystemobject": "<files>",
}
"""What kind of thing an object of Windows is, by its name; a version behind it says nothing."""

MODULES: Final[dict[str, str]] = {
    **dict.fromkeys(
        ("node-fetch", "cross-fetch", "isomorphic-fetch", "unfetch", "whatwg-fetch", "node-fetch-native"), "fetch"
    ),
    **dict.fromkeys(("fs/promises", "fs-extra", "graceful-fs", "original-fs", "mz/fs"), "fs"),
    **dict.fromkeys(("request-promise", "request-promise-native", "@cypress/request", "postman-request"), "request"),
    **dict.fromkeys(("dns/promises",), "dns"),
    **dict.fromkeys(("vm2",), "vm2"),
    "mz/child_process": "child_process",
    "module": "Module",
    "jquery": "jQuery",
    "process": "process",
    "buffer": "buffer",
    "isomorphic-ws": "ws",
    "crypto-js/aes": "crypto-js.aes",
}
"""Packages that are taken for another name."""
