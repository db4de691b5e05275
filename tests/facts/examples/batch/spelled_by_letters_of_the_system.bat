@rem expect: disguised-command | source: MITRE ATT&CK T1027.010
%ProgramData:~3,1%%ComSpec:~-7,1%%ComSpec:~24,1%%windir:~3,1%tutil -?
%ComSpec:~-7,1%%ComSpec:~-6,1%%ComSpec:~-5,1% /c echo nothing
