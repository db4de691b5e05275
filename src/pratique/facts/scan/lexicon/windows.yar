// Texts by which scripts of Windows get at accounts, stay, or blind what watches them.

rule accounts {
    meta: label = "read.accounts"
    strings:
        $ = /[\\\/]config[\\\/](SAM|SECURITY)\b/ nocase
        $ = /\bntds\.dit\b/ nocase
        $ = "sekurlsa::" nocase
        $ = "lsadump::" nocase
    condition: any of them
}

// Keys of the registry that start a program at log-in or in place of another one.
rule autostart_key {
    meta: label = "write.autostart"
    strings:
        $ = /CLSID[\\\/]+\{[0-9a-f-]{36}\}[\\\/]+(InprocServer32|LocalServer32)/ nocase
        $ = /Environment[\\\/]+UserInitMprLogonScript/ nocase
        $ = /Active Setup[\\\/]+Installed Components/ nocase
        $ = /CurrentVersion[\\\/]+Windows[\\\/]+(AppInit_DLLs|Load|Run)\b/ nocase
        $ = /Session Manager[\\\/]+BootExecute/ nocase
        $ = /Policies[\\\/]+Explorer[\\\/]+Run\b/ nocase
        $ = /Microsoft[\\\/]+Command Processor[\\\/]+AutoRun/ nocase
        $ = "shell:startup" nocase
        $ = "shell:common startup" nocase
    condition: any of them
}

// Ways around the question whether a program may have higher rights.
rule rights_without_asking {
    meta: label = "harm.av_tamper"
    strings:
        $ = /Classes[\\\/]+(ms-settings|mscfile|exefile|Folder|AppX82a6gwre4fdg3bt635tn5ctqjf8msdd2)[\\\/]+shell[\\\/]+open[\\\/]+command/ nocase
        $ = "PSEtwLogProvider" nocase
        $ = "amsiContext" nocase
        $ = "amsiSession" nocase
        $ = "amsi.dll" nocase fullword
        $ = "cachedGroupPolicySettings" nocase
    condition: any of them
}
