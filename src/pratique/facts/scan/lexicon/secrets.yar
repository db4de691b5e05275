// Where secrets lie: files, variables, programs. Paths are matched with either slash.

rule secret_file {
    meta: label = "read.secret_file"
    strings:
        $ = /(^|[\/\\~"'])\.ssh([\/\\"']|$)/
        $ = /\bid_(rsa|dsa|ecdsa|ed25519)\b/
        $ = /(^|[\/\\"'])authorized_keys\b/
        $ = /\.aws[\/\\](credentials|config)/
        $ = /(^|[\/\\~"'])\.aws($|["'])/
        $ = /\.azure([\/\\"']|$)/
        $ = /gcloud[\/\\](credentials|application_default|access_tokens|legacy)/
        $ = "application_default_credentials.json"
        $ = /\.kube[\/\\]config/
        $ = /\.docker[\/\\]config\.json/
        $ = /(^|[\/\\~"'])\.netrc\b/
        $ = /(^|[\/\\~"'])_netrc\b/
        $ = /(^|[\/\\~"'])\.npmrc\b/
        $ = /(^|[\/\\~"'])\.pypirc\b/
        $ = /(^|[\/\\~"'])\.git-credentials\b/
        $ = /(^|[\/\\~"'])\.gem[\/\\]credentials/
        $ = /\.cargo[\/\\]credentials/
        $ = /\.config[\/\\]gh[\/\\]hosts\.yml/
        $ = /\.config[\/\\]hub\b/
        $ = /\.terraform\.d[\/\\]credentials/
        $ = /\.vault-token\b/
        $ = /\.pgpass\b/
        $ = /\.my\.cnf\b/
        $ = /\.bash_history\b/
        $ = /\.zsh_history\b/
        $ = /\.python_history\b/
        $ = /\/etc\/shadow\b/
        $ = /\/var\/run\/secrets\/kubernetes\.io/
        $ = /\/run\/secrets\/kubernetes\.io/
        $ = /\.gnupg([\/\\"']|$)/
        $ = /\bwp-config\.php\b/
        $ = /\/proc\/(self|[0-9]+|1)\/environ\b/
        $ = /ConsoleHost_history\.txt/
        $ = /FileZilla[\/\\](recentservers|sitemanager)/ nocase
        $ = /\bNTDS\.dit\b/ nocase
        $ = /config[\/\\]SAM\b/ nocase
    condition: any of them
}

rule env_file {
    meta: label = "read.secret_file"
    strings:
        $ = /[\/\\]\.env(\.(local|production|prod|dev|development))?($|["'])/
        $ = /(^|["'])\*?\.env(\.(local|production|prod))?($|["'])/
    condition: any of them
}

rule browser {
    meta: label = "read.browser"
    strings:
        $ = /Google[\/\\]+Chrome([\/\\]+User Data)?/
        $ = /google-chrome[\/\\]+(Default|Profile)/
        $ = /Microsoft[\/\\]+Edge[\/\\]+User Data/
        $ = /BraveSoftware[\/\\]+Brave/
        $ = /Mozilla[\/\\]+Firefox[\/\\]+Profiles/ nocase
        $ = /\.mozilla[\/\\]+firefox/ nocase
        $ = /Opera Software[\/\\]+Opera/
        $ = /Yandex[\/\\]+YandexBrowser/
        $ = /Vivaldi[\/\\]+User Data/
        $ = /Chromium[\/\\]+User Data/
        $ = "\\User Data\\Default"
        $ = "/User Data/Default"
        $ = "User Data\\Local State"
        $ = "User Data/Local State"
        $ = "Login Data"
        $ = "Web Data" fullword
        $ = "os_crypt"
        $ = "encrypted_key"
        $ = "cookies.sqlite"
        $ = "logins.json"
        $ = "key4.db"
        $ = "password_value"
        $ = "SELECT action_url, username_value" nocase
        $ = /encrypted_value\s+FROM\s+cookies/ nocase
        $ = "Local Extension Settings"
        $ = "moz_cookies"
    condition: any of them
}

rule wallet {
    meta: label = "read.wallet"
    strings:
        $ = "wallet.dat"
        $ = /Exodus[\/\\]+exodus\.wallet/ nocase
        $ = "exodus.wallet" nocase
        $ = /atomic[\/\\]+Local Storage/ nocase
        $ = /Electrum[\/\\]+wallets/ nocase
        $ = /\.electrum[\/\\]+wallets/ nocase
        $ = /Ethereum[\/\\]+keystore/ nocase
        $ = /\.ethereum[\/\\]+keystore/ nocase
        $ = /\.config[\/\\]+solana[\/\\]+id\.json/
        $ = /solana[\/\\]+id\.json/
        $ = /Coinomi[\/\\]+Coinomi/ nocase
        $ = /\bJaxx[\/\\]+Local Storage/ nocase
        $ = "com.liberty.jaxx" nocase
        $ = /Armory[\/\\]*$/
        $ = /Bitcoin[\/\\]+wallets?/
        $ = /Guarda[\/\\]+Local Storage/ nocase
        $ = /Zcash[\/\\]*$/
        $ = /Ledger Live[\/\\]*/
        $ = /\.bitcoin[\/\\]/
        $ = /\.monero[\/\\]/
        $ = "bytecoinwallet" nocase
    condition: any of them
}

// Public ids of wallet and authenticator extensions in the browsers' own stores.
rule extension_id {
    meta: label = "read.extension_id"
    strings:
        $ = "nkbihfbeogaeaoehlefnkodbefgpgknn"
        $ = "ejbalbakoplchlghecdalmeeeajnimhm"
        $ = "bfnaelmomeimhlpmgjnjophhpkkoljpa"
        $ = "hnfanknocfeofbddgcijnmhnfnkdnaad"
        $ = "fhbohimaelbohpjbbldcngcnapndodjp"
        $ = "ibnejdfjmmkpcnlpebklmnkoeoihofec"
        $ = "egjidjbpglichdcondbcbdnbeeppgdph"
        $ = "aholpfdialjgjfhomihkjbmgjidlcdno"
        $ = "jnkelfanjkeadonecabehalmbgpfodjm"
        $ = "fnjhmkhhmkbjkkabndcnnogagogbneec"
        $ = "aeachknmefphepccionboohckonoeemg"
        $ = "hpglfhgfnhbgpjdenjgmdgoeiappafln"
        $ = "nlbmnnijcnlegkjjpcfjclmcfggfefdm"
        $ = "kncchdigobghenbbaddojjnnaogfppfj"
        $ = "afbcbjpbpfadlkmhmclhkeeodmamcflc"
        $ = "dmkamcknogkgcdfhhbddcghachkejeap"
        $ = "bhghoamapcdpbohphigoooaddinpkbai"
        $ = "mcohilncbfahbmgdjkbpemcciiolgcge"
        $ = "lgmpcpglpngdoalbgeoldeajfclnhafa"
        $ = "opcgpfmipidbgpenhmajoajpbobppdil"
    condition: any of them
}

rule app_data {
    meta: label = "read.app_data"
    strings:
        $ = /discord(canary|ptb|development)?[\/\\]+Local Storage/ nocase
        $ = /Local Storage[\/\\]+leveldb/ nocase
        $ = /[\/\\](discord|discordcanary|discordptb|Lightcord)($|["'])/
        $ = /dQw4w9WgXcQ:/
        $ = /\[\\w-\]\{24(,26)?\}\\\.\[\\w-\]\{6\}\\\.\[\\w-\]\{2[57]/
        $ = /mfa\\\.\[\\w-\]\{84\}/
        $ = /Telegram Desktop[\/\\]+tdata/ nocase
        $ = /[\/\\]tdata([\/\\"']|$)/ nocase
        $ = /Thunderbird[\/\\]+Profiles/ nocase
        $ = /Steam[\/\\]+config/ nocase
        $ = "loginusers.vdf" nocase
        $ = "launcher_accounts.json" nocase
        $ = ".ROBLOSECURITY"
        $ = /Signal[\/\\]+(config\.json|sql)/
        $ = /Element[\/\\]+Local Storage/ nocase
        $ = /Slack[\/\\]+(Local Storage|Cookies)/ nocase
        $ = "discord.com/api/v9/users/@me" nocase
        $ = "discordapp.com/api/v6/users/@me" nocase
        $ = /discord(app)?\.com\/api\/v[0-9]+\/users\/@me/ nocase
    condition: any of them
}

rule agent_config {
    meta: label = "read.agent_config"
    strings:
        $ = /(^|[\/\\~"'])\.claude([\/\\"']|\.json|$)/
        $ = /(^|[\/\\~"'])\.cursor[\/\\](mcp\.json|rules|hooks)/
        $ = /claude_desktop_config\.json/
        $ = /(^|[\/\\~"'])\.gemini[\/\\]/
        $ = /(^|[\/\\~"'])\.codex[\/\\]/
        $ = /(^|[\/\\~"'])\.codeium[\/\\]/
        $ = /(^|[\/\\~"'])\.windsurf[\/\\]/
        $ = /\bmcp_config\.json/
        $ = /\.config[\/\\]github-copilot/
        $ = /\.vscode[\/\\]tasks\.json/
        $ = /(^|[\/\\"'])CLAUDE\.md($|["'])/
        $ = /(^|[\/\\"'])\.cursorrules($|["'])/
        $ = /\.aider[\/\\.]/
        $ = /\.continue[\/\\]config/
    condition: any of them
}

rule ci_token {
    meta: label = "read.ci_token"
    strings:
        $ = "ACTIONS_ID_TOKEN_REQUEST" 
        $ = "ACTIONS_RUNTIME_TOKEN"
        $ = "GITHUB_TOKEN" fullword
        $ = "CI_JOB_TOKEN" fullword
        $ = "Runner.Worker"
        $ = "SYSTEM_ACCESSTOKEN" fullword
        $ = "CIRCLE_TOKEN" fullword
    condition: any of them
}

rule env_secret {
    meta: label = "read.env_secret"
    strings:
        $ = /\b(AWS_SECRET_ACCESS_KEY|AWS_ACCESS_KEY_ID|AWS_SESSION_TOKEN|NPM_TOKEN|NODE_AUTH_TOKEN|PYPI_TOKEN|TWINE_PASSWORD|UV_PUBLISH_TOKEN|GH_TOKEN|GITLAB_TOKEN|AZURE_CLIENT_SECRET|GOOGLE_APPLICATION_CREDENTIALS|OPENAI_API_KEY|ANTHROPIC_API_KEY|HF_TOKEN|HUGGING_FACE_HUB_TOKEN|SLACK_TOKEN|SLACK_BOT_TOKEN|STRIPE_SECRET_KEY|DOCKER_PASSWORD|VAULT_TOKEN|DIGITALOCEAN_TOKEN|HEROKU_API_KEY|CLOUDFLARE_API_TOKEN|DATABASE_URL|KUBECONFIG|PRIVATE_KEY|MNEMONIC|SEED_PHRASE)\b/
    condition: any of them
}

rule secrets_store {
    meta: label = "read.secrets_store"
    strings:
        $ = /security\s+(find|dump)-(generic|internet)-password|security\s+dump-keychain/
        $ = "dump-keychain"
        $ = "login.keychain"
        $ = "CryptUnprotectData" 
        $ = "vaultcmd" nocase
        $ = /KeePass[\/\\]/ nocase
        $ = /1Password[\/\\]+data/ nocase
        $ = "secret-tool lookup"
        $ = "aws secretsmanager get-secret-value"
        $ = "gcloud auth print-access-token"
        $ = "lsass" nocase fullword
        $ = "mimikatz" nocase
        $ = "sekurlsa" nocase
    condition: any of them
}

rule ci_memory {
    meta: label = "proc.memory_read"
    strings:
        $ = /\/proc\/(\$\{?[a-zA-Z_]+\}?|[0-9]+|'|%s|%d|\{[a-z_]*\}|\xef\xbf\xbc)\/(mem|maps)\b/
        $ = /\/proc\/self\/mem\b/
        $ = "ReadProcessMemory"
    condition: any of them
}
