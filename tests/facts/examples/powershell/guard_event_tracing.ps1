# expect: defence-tampering | source: MITRE ATT&CK T1562.006
$p = [Ref].Assembly.GetType('System.Management.Automation.Tracing.PSEtwLogProvider')
$p.GetField('etwProvider', 'NonPublic,Static').GetValue($null)
