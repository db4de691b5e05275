// Addresses in texts of code. Each rule has one label; a view asks for them text by text.

rule collector_host {
    meta: label = "net.collector_host"
    strings:
        $ = /discord(app)?\.com\/api\/(v[0-9]+\/)?webhooks/ nocase
        $ = /(canary|ptb)\.discord\.com\/api/ nocase
        $ = "webhook.site" nocase
        $ = "pipedream.net" nocase
        $ = "requestbin" nocase
        $ = "requestcatcher.com" nocase
        $ = "beeceptor.com" nocase
        $ = "hookb.in" nocase
        $ = "hookdeck" nocase
        $ = "webhookinbox" nocase
        $ = "webhook-test.com" nocase
        $ = "typedwebhook.tools" nocase
        $ = "ptsv2.com" nocase
        $ = "ptsv3.com" nocase
        $ = "interact.sh" nocase fullword
        $ = /\.oast\.(pro|live|site|online|fun|me)/ nocase
        $ = "burpcollaborator.net" nocase
        $ = "oastify.com" nocase
        $ = "canarytokens" nocase
        $ = "dnslog.cn" nocase
        $ = "ceye.io" nocase
        $ = "bxss.me" nocase
        $ = "xss.ht" nocase fullword
        $ = "eu.ngrok.io/collect" nocase
        $ = "api.telegram.org/bot" nocase
        $ = "hooks.slack.com/services" nocase
        $ = "store1.gofile.io" nocase
        $ = "api.gofile.io" nocase
        $ = ".gofile.io/uploadfile" nocase
        $ = "api.anonfiles.com" nocase
        $ = "anonfiles.com/upload" nocase
        $ = "transfer.sh" nocase fullword
        $ = "catbox.moe" nocase
        $ = "file.io/?" nocase
        $ = "https://file.io" nocase
        $ = "0x0.st" nocase fullword
        $ = "temp.sh/upload" nocase
        $ = "bashupload.com" nocase
        $ = "oshi.at" nocase fullword
        $ = "formspree.io" nocase
        $ = "getform.io" nocase
        $ = "sheetdb.io" nocase
        $ = "script.google.com/macros" nocase
        $ = "docs.google.com/forms" nocase
        $ = "posthook.io" nocase
        $ = "api.pushover.net" nocase
        $ = "ntfy.sh/" nocase
        $ = "maker.ifttt.com/trigger" nocase
        $ = "webhooks.mongodb" nocase
        $ = "guilded.gg/webhooks" nocase
        $ = "media.guilded.gg/webhooks" nocase
        $ = "burpcollaborator" nocase
        $ = "http.bin/hit" nocase
        $ = "eo.pipedream" nocase
        $ = ".m.pipedream" nocase
        $ = "mockapi.io" nocase
        $ = "putsreq.com" nocase
        $ = "mockbin" nocase
        $ = "smee.io/" nocase
        $ = "webhook.cool" nocase
        $ = "dnsbin" nocase
        $ = "requestrepo.com" nocase
        $ = /\.b\.ingest\.|\.d\.requestbin/ nocase
    condition: any of them
}

rule tunnel_host {
    meta: label = "net.tunnel_host"
    strings:
        $ = /\.ngrok(-free)?\.(io|app|dev)/ nocase
        $ = "tcp.ngrok.io" nocase
        $ = ".trycloudflare.com" nocase
        $ = ".serveo.net" nocase
        $ = ".loca.lt" nocase
        $ = ".localtunnel.me" nocase
        $ = ".localhost.run" nocase
        $ = ".lhr.life" nocase
        $ = ".pagekite.me" nocase
        $ = ".portmap.io" nocase
        $ = ".portmap.host" nocase
        $ = ".duckdns.org" nocase
        $ = ".ddns.net" nocase
        $ = ".no-ip." nocase
        $ = ".hopto.org" nocase
        $ = ".zapto.org" nocase
        $ = ".sytes.net" nocase
        $ = ".repl.co" nocase
        $ = ".replit.dev" nocase
        $ = ".glitch.me" nocase
        $ = ".000webhostapp.com" nocase
        $ = ".workers.dev" nocase
        $ = ".onrender.com" nocase
        $ = ".up.railway.app" nocase
        $ = ".pythonanywhere.com" nocase
        $ = ".herokuapp.com" nocase
        $ = ".vercel.app" nocase
        $ = ".netlify.app/api" nocase
        $ = ".onion" nocase fullword
        $ = ".bore.pub" nocase
        $ = ".pinggy" nocase
        $ = /https?:\/\/[a-z0-9.-]{3,60}\.(tk|ml|ga|cf|gq|top|xyz|icu|pw|buzz|cyou|rest|monster|sbs|cfd|quest)(\/|:|$)/ nocase
    condition: any of them
}

rule paste {
    meta: label = "net.paste"
    strings:
        $ = "pastebin.com/raw" nocase
        $ = "pastebin.com" nocase
        $ = "paste.ee/r" nocase
        $ = "hastebin.com" nocase
        $ = "hst.sh" nocase fullword
        $ = "rentry.co" nocase
        $ = "rentry.org" nocase
        $ = "ghostbin" nocase
        $ = "paste.rs" nocase fullword
        $ = "dpaste.com" nocase
        $ = "dpaste.org" nocase
        $ = "pastes.io" nocase
        $ = "paste.fo/" nocase
        $ = "paste.website" nocase
        $ = "sourceb.in" nocase
        $ = "pst.innomi.net" nocase
        $ = "termbin.com" nocase
        $ = "ix.io/" nocase
        $ = "controlc.com" nocase
        $ = "cdn.discordapp.com/attachments" nocase
        $ = "media.discordapp.net/attachments" nocase
        $ = "gist.githubusercontent.com" nocase
        $ = "raw.githubusercontent.com" nocase
        $ = "dl.dropboxusercontent.com" nocase
        $ = /dropbox\.com\/s[a-z]?\/[a-z0-9]+\// nocase
        $ = "drive.google.com/uc" nocase
        $ = "mediafire.com/file" nocase
        $ = "mega.nz/file" nocase
        $ = "anonfiles.com" nocase
        $ = "files.catbox.moe" nocase
        $ = "onedrive.live.com/download" nocase
        $ = "bitbucket.org/" nocase
        $ = "sendspace.com" nocase
        $ = "textbin.net" nocase
        $ = "justpaste.it" nocase
        $ = "telegra.ph" nocase
    condition: any of them
}

rule messenger_token {
    meta: label = "net.messenger_token"
    strings:
        // Telegram: the bot's number, a colon, 35 characters.
        $ = /\b[0-9]{8,10}:AA[A-Za-z0-9_-]{33}\b/
        // Discord: three parts of base64, the first one of a number.
        $ = /\b[MNO][A-Za-z0-9_-]{23,25}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38}\b/
        $ = /xox[bp]-[0-9]{10,13}-[0-9]{10,13}-[A-Za-z0-9]{24}/
    condition: any of them
}

rule shortener {
    meta: label = "net.shortener"
    strings:
        $ = /https?:\/\/(bit\.ly|tinyurl\.com|is\.gd|v\.gd|cutt\.ly|rb\.gy|t\.ly|shorturl\.at|ow\.ly|rebrand\.ly|tiny\.cc|bl\.ink|s\.id|grabify\.link|iplogger\.(org|com|ru)|2no\.co|yip\.su)\// nocase
    condition: any of them
}

rule my_ip {
    meta: label = "net.my_ip"
    strings:
        $ = "api.ipify.org" nocase
        $ = "api64.ipify.org" nocase
        $ = "ipinfo.io" nocase
        $ = "ifconfig.me" nocase
        $ = "ifconfig.co" nocase
        $ = "icanhazip.com" nocase
        $ = "checkip.amazonaws.com" nocase
        $ = "checkip.dyndns" nocase
        $ = "ip-api.com" nocase
        $ = "ipapi.co" nocase
        $ = "wtfismyip.com" nocase
        $ = "ident.me" nocase fullword
        $ = "myexternalip.com" nocase
        $ = "ipwho.is" nocase
        $ = "ip.42.pl" nocase
        $ = "whatismyip" nocase
        $ = "geolocation-db.com" nocase
        $ = "freegeoip" nocase
        $ = "ipecho.net" nocase
        $ = "api.myip.com" nocase
        $ = "ip.seeip.org" nocase
        $ = "httpbin.org/ip" nocase
    condition: any of them
}

rule raw_ip {
    meta: label = "net.raw_ip"
    strings:
        $url = /(https?|wss?|tcp|ftp):\/\/([1-9][0-9]?|1[0-9][0-9]|2[0-4][0-9]|25[0-5])(\.([0-9]|[1-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-5])){3}([:\/?'"]|$)/
        $own = /(https?|wss?|tcp|ftp):\/\/(127\.|10\.|192\.168\.|172\.(1[6-9]|2[0-9]|3[01])\.|169\.254\.|0\.|192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|1\.2\.3\.4|8\.8\.|1\.1\.1\.1)/
    condition: #url > #own
}

rule chain_rpc {
    meta: label = "net.chain_rpc"
    strings:
        $ = "api.mainnet-beta.solana.com" nocase
        $ = "api.devnet.solana.com" nocase
        $ = ".infura.io/v3" nocase
        $ = "eth-mainnet.g.alchemy.com" nocase
        $ = "eth_getLogs" fullword
        $ = "eth_call" fullword
        $ = "bsc-dataseed" nocase
        $ = "cloudflare-eth.com" nocase
        $ = "rpc.ankr.com" nocase
        $ = "api.trongrid.io" nocase
        $ = "getSignaturesForAddress" fullword
        $ = "icp-api.io" nocase
        $ = ".icp0.io" nocase
        $ = ".raw.icp" nocase
        $ = "polygon-rpc.com" nocase
        $ = "api.aptoslabs.com" nocase
    condition: any of them
}

rule metadata_service {
    meta: label = "net.metadata_service"
    strings:
        $ = "169.254.169.254"
        $ = "metadata.google.internal" nocase
        $ = "169.254.170.2"
        $ = "fd00:ec2::254" nocase
        $ = "100.100.100.200"
        $ = "kubernetes.default.svc/api" nocase
    condition: any of them
}
