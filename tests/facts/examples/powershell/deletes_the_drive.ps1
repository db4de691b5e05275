# expect: destruction | source: MITRE ATT&CK T1485
$all = 'C:\'
ri -r -fo $all
