# expect: disguised-command | source: MITRE ATT&CK T1027.010
iex ('WriQQte-OutpQQut 1'.Replace('QQ', ''))
