# expect: defence-tampering | source: MITRE ATT&CK T1562.001
[Ref].Assembly.GetType('System.Management.Automation.AmsiUtils').GetField('amsiInitFailed', 'NonPublic,Static').SetValue($null, $true)
