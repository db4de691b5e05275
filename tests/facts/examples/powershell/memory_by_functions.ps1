# expect: process-injection | source: MITRE ATT&CK T1055
$d = '[DllImport("kernel32.dll")] public static extern IntPtr VirtualAlloc(IntPtr a, uint b, uint c, uint d); [DllImport("kernel32.dll")] public static extern IntPtr CreateThread(IntPtr a, uint b, IntPtr c);'
$k = Add-Type -MemberDefinition $d -Name K -Namespace W -PassThru
$m = [W.K]::VirtualAlloc(0, 16, 0x3000, 0x40)
