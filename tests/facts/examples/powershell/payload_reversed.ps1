# expect: decoded-code-run | source: MITRE ATT&CK T1027
$s = '"ereh sneppah gnihton" tuptuO-etirW'
iex ($s[-1..-($s.Length)] -join '')
