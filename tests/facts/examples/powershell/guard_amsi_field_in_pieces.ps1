# expect: defence-tampering | source: MITRE ATT&CK T1562.001
$t = [Ref].Assembly.GetType(('System.Management.Automation.{0}Utils' -f 'Amsi'))
$t.GetField('amsi' + 'Init' + 'Failed', 'NonPublic,Static').SetValue($null, $true)
