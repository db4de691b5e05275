# expect: decoded-code-run | source: MITRE ATT&CK T1027
$s = '"ereh sneppah gnihton" tuptuO-etirW'
-join ([regex]::Matches($s, '.', 'RightToLeft') | ForEach-Object { $_.Value }) | iex
