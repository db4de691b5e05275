// Texts by which code tampers with the system, hides there, or stays.

rule av_tamper {
    meta: label = "harm.av_tamper"
    strings:
        $ = /Set-MpPreference/ nocase
        $ = /Add-MpPreference/ nocase
        $ = /-Exclusion(Path|Process|Extension)/ nocase
        $ = /DisableRealtimeMonitoring/ nocase
        $ = /DisableAntiSpyware/ nocase
        $ = /DisableBehaviorMonitoring/ nocase
        $ = /MpCmdRun(\.exe)?.{0,40}-RemoveDefinitions/ nocase
        $ = /sc(\.exe)?\s+(stop|delete|config)\s+"?(WinDefend|wscsvc|Sense|SecurityHealthService|mpssvc)/ nocase
        $ = /(stop-service|net(\.exe)?\s+stop)\s+"?(WinDefend|wuauserv|mpssvc|windefend)/ nocase
        $ = /Windows Defender[\/\\]+Exclusions/ nocase
        $ = /Policies[\/\\]+Microsoft[\/\\]+Windows Defender/ nocase
        $ = "AmsiScanBuffer" nocase
        $ = "amsiInitFailed" nocase
        $ = "AmsiUtils" nocase
        $ = "EtwEventWrite" nocase
        $ = /netsh\s+(adv)?firewall\s+.{0,30}(state\s+off|opmode\s+(mode=)?disable)/ nocase
        $ = /EnableLUA.{0,30}0/ nocase
        $ = /setenforce\s+0/
        $ = /spctl\s+--master-disable/
        $ = /csrutil\s+disable/
        $ = /xattr\s+-[a-z]*d[a-z]*\s+(-[a-z]+\s+)?com\.apple\.quarantine/
        $ = /taskkill.{0,40}(MsMpEng|avp|avgui|avastui|mbam|SecurityHealth)/ nocase
        $ = /vssadmin(\.exe)?\s+delete\s+shadows/ nocase
        $ = /wevtutil(\.exe)?\s+cl\b/ nocase
        $ = /bcdedit.{0,40}recoveryenabled\s+no/ nocase
        $ = /systemctl\s+(stop|disable)\s+(falcon-sensor|auditd|clamav|crowdstrike|apparmor)/ nocase
        $ = "Invoke-AtomicTest" nocase
        $ = "KB4052623"
    condition: any of them
}

rule pipe_shell {
    meta: label = "proc.pipe_shell"
    strings:
        $ = /(curl|wget)\s[^\n|;&]{0,300}\|\s*(sudo\s+(-[A-Za-z]+\s+)*)?(env\s+[^\n|]{0,60})?(ba|z|da|k)?sh\b/
        $ = /(curl|wget)\s[^\n|;&]{0,300}\|\s*(sudo\s+)?(python|perl|ruby|node|php|base64\s+(-d|--decode))/
        $ = /(ba|z)?sh\s+(-c\s+)?["']?(<\(|\$\(|`)\s*(curl|wget)\s/
        $ = /eval\s+["']?(\$\(|`)\s*(curl|wget)\s/
        $ = /python[0-9.]*\s+(-c\s+)?["']?(<\(|\$\(|`)\s*(curl|wget)\s/
        $ = /(iex|invoke-expression)\s*\(?\s*["'&(]{0,3}\s*\(?\s*(new-object\s+(system\.)?net\.webclient|iwr|irm|curl|wget|invoke-(webrequest|restmethod))/ nocase
        $ = /(iwr|irm|invoke-(webrequest|restmethod))\s[^\n|]{0,300}\|\s*(iex|invoke-expression)/ nocase
        $ = /downloadstring\s*\([^)]{0,300}\)\s*\)?\s*\|\s*(iex|invoke-expression)/ nocase
        $ = /(iex|invoke-expression)[^\n]{0,60}downloadstring/ nocase
        $ = /\|\s*base64\s+(-d|-D|--decode)\s*\|\s*(sudo\s+)?(ba|z|da)?sh\b/
        $ = /mshta(\.exe)?\s+["']?(https?:|javascript:|vbscript:)/ nocase
        $ = /regsvr32[^\n]{0,60}\/i:\s*https?:/ nocase
        $ = /(curl|wget)\s[^\n]{0,300}&&?\s*(sudo\s+)?(chmod\s+(\+x|[0-7]{3,4})\s[^\n&;]{0,120}(&&?|;)\s*)?(\.\/|bash\s|sh\s)/
        $ = /certutil(\.exe)?\s[^\n]{0,60}-urlcache/ nocase
        $ = /bitsadmin(\.exe)?\s[^\n]{0,60}\/transfer/ nocase
    condition: any of them
}

rule download_tool {
    meta: label = "proc.download"
    strings:
        $ = /(^|[\s;&|`"'(])(curl|wget)(\.exe)?\s+(-{1,2}[a-zA-Z-]+\s+)*["']?(https?:|[a-z0-9.-]+\.[a-z]{2,}\/|\$|\xef\xbf\xbc)/
        $ = /(invoke-webrequest|invoke-restmethod|start-bitstransfer)\b/ nocase
        $ = /\bnew-object\s+(system\.)?net\.webclient/ nocase
        $ = /\.download(string|file|data)\s*\(/ nocase
    condition: any of them
}

rule encoded_powershell {
    meta: label = "proc.encoded_ps"
    strings:
        $ = /(powershell|pwsh)(\.exe)?["']?\s[^\n]{0,200}[-\/]e(n|nc|nco|ncod|ncode|ncoded|ncodedc|ncodedcommand)?\s+["']?[A-Za-z0-9+\/=]{40,}/ nocase
        $ = /FromBase64String\s*\(/ nocase
    condition: any of them
}

rule hidden_window {
    meta: label = "proc.hidden_window"
    strings:
        $ = /-w(indowstyle)?\s+(hidden|1)\b/ nocase
        $ = /-win(d|do|dow|dows)?\s+hid/ nocase
        $ = "CREATE_NO_WINDOW"
        $ = "SW_HIDE" fullword
        $ = /-noni(nteractive)?\b.{0,40}-nop(rofile)?\b/ nocase
        $ = /-nop(rofile)?\b.{0,60}-e(xecutionpolicy|p)\s+bypass/ nocase
    condition: any of them
}

rule autostart {
    meta: label = "write.autostart"
    strings:
        $ = /Start Menu[\/\\]+Programs[\/\\]+Start-?up/ nocase
        $ = /Programs[\/\\]+Startup/ nocase
        $ = /CurrentVersion[\/\\]+Run(Once)?\b/ nocase
        $ = /Library[\/\\]LaunchAgents/
        $ = /Library[\/\\]LaunchDaemons/
        $ = /\.config[\/\\]autostart/
        $ = /\.config[\/\\]systemd[\/\\]user/
        $ = /\/etc\/systemd\/system/
        $ = /systemctl\s+(--user\s+)?enable\b/
        $ = /\/etc\/(rc\.local|init\.d|profile\.d|ld\.so\.preload)\b/
        $ = /launchctl\s+(load|bootstrap)\b/
        $ = /CurrentVersion[\/\\]+Winlogon/ nocase
        $ = /Image File Execution Options/ nocase
        $ = /__EventFilter|CommandLineEventConsumer/
        $ = /\/etc\/xdg\/autostart/
        $ = /\/etc\/udev\/rules\.d/
    condition: any of them
}

rule schedule {
    meta: label = "write.schedule"
    strings:
        $ = /schtasks(\.exe)?\s[^\n]{0,40}\/create/ nocase
        $ = /Register-ScheduledTask/ nocase
        $ = /New-ScheduledTask/ nocase
        $ = /\/etc\/cron(\.d|tab|\.daily|\.hourly)?\b/
        $ = /\/var\/spool\/cron/
        $ = /\bcrontab\s+-/
        $ = /\|\s*crontab\b/
        $ = /@reboot\s/
    condition: any of them
}

rule shell_rc {
    meta: label = "write.shell_rc"
    strings:
        $ = /(^|[\/\\~])\.(bashrc|zshrc|profile|bash_profile|zprofile|zshenv|bash_login|kshrc)\b/
        $ = /fish[\/\\]config\.fish/
        $ = /Microsoft\.PowerShell_profile\.ps1/ nocase
        $ = /WindowsPowerShell[\/\\]profile\.ps1/ nocase
    condition: any of them
}

rule pth {
    meta: label = "write.pth"
    strings:
        $ = /[a-z0-9_-]+\.pth($|["'])/
        $ = /(site|user)customize\.py/
    condition: any of them
}

rule workflow {
    meta: label = "write.workflow"
    strings:
        $ = /\.github[\/\\]workflows/
        $ = /\.gitlab-ci\.yml/
        $ = /\.git[\/\\]hooks[\/\\]/
    condition: any of them
}

rule hosts_file {
    meta: label = "write.hosts"
    strings:
        $ = /drivers[\/\\]+etc[\/\\]+hosts/ nocase
        $ = /(^|\s|>)\/etc\/hosts\b/
        $ = /\/etc\/resolv\.conf\b/
        $ = /\/etc\/sudoers/
    condition: any of them
}

rule wipe {
    meta: label = "harm.wipe"
    strings:
        $ = /rm\s+(-[a-zA-Z]+\s+)*-[a-zA-Z]*(rf|fr)[a-zA-Z]*\s+(--no-preserve-root\s+)?["']?(\/|~|\$HOME|\/\*|\$\{HOME\}|~\/\*?)["']?([\s;&),\]]|$)/
        $ = /dd\s+if=\/dev\/(zero|u?random)\s+of=\/dev\/[a-z]/
        $ = /mkfs(\.[a-z0-9]+)?\s+(-[a-zA-Z]+\s+)*\/dev\//
        $ = /shred\s+(-[a-z]+\s+)*[^\n]{0,60}(\/|~|\$HOME)/
        $ = /format\s+[a-z]:\s+\/[a-z]/ nocase
        $ = /rd\s+\/s\s+\/q\s+["']?([a-z]:[\/\\]|%userprofile%|%systemdrive%)/ nocase
        $ = /del\s+\/[fsq]\s+(\/[fsq]\s+)*["']?([a-z]:[\/\\]|%userprofile%|%systemdrive%)/ nocase
        $ = /cipher(\.exe)?\s+\/w:/ nocase
        $ = /Remove-Item\s[^\n]{0,60}(\$env:USERPROFILE|\$HOME|C:\\)\s[^\n]{0,60}-Recurse/ nocase
        $ = /:\(\)\s*\{\s*:\s*\|\s*:\s*&\s*\}\s*;\s*:/
    condition: any of them
}

rule fork_bomb {
    meta: label = "proc.storm"
    strings:
        $ = /:\(\)\s*\{\s*:\s*\|\s*:\s*&\s*\}\s*;\s*:/
        $ = /%0\s*\|\s*%0/
        $ = /([a-z_]+)\(\)\s*\{\s*[a-z_]+\s*\|\s*[a-z_]+\s*&\s*\}/
    condition: any of them
}

rule shutdown {
    meta: label = "harm.shutdown"
    strings:
        $ = /shutdown(\.exe)?\s+[-\/](s|r|h|p|f)\b/ nocase
        $ = /\b(Stop|Restart)-Computer\b/ nocase
        $ = /\/proc\/sysrq-trigger/
    condition: any of them
}

rule miner {
    meta: label = "proc.miner"
    strings:
        $ = "xmrig" nocase
        $ = /stratum\+(tcp|ssl|tls):\/\// nocase
        $ = "minexmr" nocase
        $ = "supportxmr" nocase
        $ = "nanopool.org" nocase
        $ = "moneroocean" nocase
        $ = "ethermine.org" nocase
        $ = "cpuminer" nocase
        $ = "nicehash" nocase
        $ = "coinhive" nocase
        $ = "--donate-level"
        $ = "randomx" nocase fullword
        $ = "T-Rex.exe" nocase
        $ = "PhoenixMiner" nocase
        $ = "lolMiner" nocase
    condition: any of them
}

rule plumbing {
    meta: label = "proc.shell_plumbing"
    strings:
        $ = /\/dev\/(tcp|udp)\/[^\s]{1,80}\/[0-9$]/
        $ = /\b(nc|ncat|netcat)(\.exe|\.traditional|\.openbsd)?\s+(-[a-z]+\s+)*[^\n]{0,80}-(e|c)\s*["']?(\/bin\/)?(ba|z|da)?(sh|cmd)/ nocase
        $ = /\b(nc|ncat|netcat)\s+-[a-z]*e[a-z]*\s+(\/bin\/)?(ba)?sh/
        $ = /bash\s+-i\s*(>|<|2)/
        $ = /mkfifo\s+[^\n]{1,60}(nc|ncat|telnet|openssl)\b/
        $ = /socat\s[^\n]{0,120}exec:/ nocase
        $ = /net\.sockets\.tcpclient/ nocase
        $ = /pty\.spawn\s*\(/
        $ = /perl\s+-e\s[^\n]{0,40}(use\s+)?Socket/
        $ = /ruby\s+-rsocket/
        $ = /php\s+-r\s[^\n]{0,30}fsockopen/
    condition: any of them
}

rule injection {
    meta: label = "proc.injection"
    strings:
        $ = "WriteProcessMemory"
        $ = "CreateRemoteThread"
        $ = "VirtualAllocEx"
        $ = "NtCreateThreadEx"
        $ = "QueueUserAPC"
        $ = "NtUnmapViewOfSection"
        $ = "RtlMoveMemory"
        $ = "LD_PRELOAD" fullword
        $ = "DYLD_INSERT_LIBRARIES" fullword
        $ = "process hollowing" nocase
    condition: any of them
}

rule foreign_runtime {
    meta: label = "proc.foreign_runtime"
    strings:
        $ = /bun\.sh\/install/
        $ = /oven-sh\/bun\/releases/
        $ = /nodejs\.org\/dist\//
        $ = /deno\.land\/(x\/)?install/
        $ = /python\.org\/ftp\/python\/.{0,60}(embed|exe|msi)/
    condition: any of them
}

rule publishing {
    meta: label = "spread.publish"
    strings:
        $ = /\bnpm\s+publish\b/
        $ = /\btwine\s+upload\b/
        $ = /\bpoetry\s+publish\b/
        $ = /\buv\s+publish\b/
        $ = /upload\.[a-z.]{0,20}\/legacy\//
        $ = /\bgem\s+push\b/
        $ = /\bcargo\s+publish\b/
        $ = /\byarn\s+(npm\s+)?publish\b/
        $ = /\bpnpm\s+publish\b/
    condition: any of them
}

rule token_list {
    meta: label = "spread.token_list"
    strings:
        $ = /\/-\/npm\/v1\/(tokens|user)/
        $ = /\/-\/whoami\b/
        $ = /\bnpm\s+(token|whoami|access)\b/
        $ = /maintainer:[^\s]{0,60}&size=/
        $ = /trufflehog/ nocase
        $ = /\bgitleaks\s+detect/
    condition: any of them
}

rule self_install {
    meta: label = "proc.self_install"
    strings:
        $ = /\bpip[0-9.]*\s+install\b/
        $ = /-m\s+pip\s+install\b/
        $ = /\bnpm\s+(install|i)\s+[^-\s]/
        $ = /\beasy_install\s/
        $ = /\bapt(-get)?\s+(-y\s+)?install\b/
    condition: any of them
}

rule sandbox {
    meta: label = "evade.sandbox"
    strings:
        $ = "VBoxGuest" nocase
        $ = "vmtoolsd" nocase
        $ = "VMwareService" nocase
        $ = "vboxservice" nocase
        $ = "wireshark.exe" nocase
        $ = "processhacker" nocase
        $ = "ollydbg" nocase
        $ = "x64dbg" nocase
        $ = "httpdebuggerui" nocase
        $ = "qemu-ga" nocase
        $ = "sandboxie" nocase
        $ = "SbieDll" nocase
        $ = "WDAGUtilityAccount" 
        $ = "DESKTOP-NAKFFMT"
        $ = "IsDebuggerPresent"
        $ = "/proc/self/status" 
        $ = "TracerPid"
    condition: any of them
}

rule keys {
    meta: label = "read.keys"
    strings:
        $ = "SetWindowsHookEx"
        $ = "GetAsyncKeyState"
        $ = "GetKeyboardState"
        $ = "/dev/input/event"
        $ = "CGEventTapCreate"
    condition: any of them
}

rule inventory {
    meta: label = "read.inventory"
    strings:
        $ = /\b(tasklist|systeminfo|ipconfig\s*\/all|net\s+user|net\s+localgroup|netstat\s+-|arp\s+-a|wmic\s+\w+\s+get)/ nocase
        $ = /Get-(WmiObject|CimInstance)\s+Win32_/ nocase
        $ = /netsh\s+wlan\s+show\s+profiles?/ nocase
        $ = /\bps\s+aux\b/
        $ = /system_profiler\b/
        $ = /\/etc\/passwd\b/
        $ = /wmic\s+csproduct\s+get\s+uuid/ nocase
        $ = /\bdscl\s+\.\s+list/
    condition: any of them
}

rule host_command {
    meta: label = "read.host_info"
    strings:
        $ = /(\$\(|`|^|[;&|]\s*)(whoami|hostname|uname(\s+-a)?|id)\s*(\)|`|$|[;&|])/
        $ = /%(USERNAME|COMPUTERNAME|USERPROFILE)%/ nocase
        $ = /\$env:(USERNAME|COMPUTERNAME|USERDOMAIN)/ nocase
    condition: any of them
}
