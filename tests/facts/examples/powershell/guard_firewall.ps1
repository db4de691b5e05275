# expect: defence-tampering | source: MITRE ATT&CK T1562.004
Set-NetFirewallProfile -Profile Domain,Public,Private -Enabled False
