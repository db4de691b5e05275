# expect: decoded-code-run | source: MITRE ATT&CK T1140
$b = [Convert]::FromBase64String('H4sIAAAAAAACAwsvyixJ1fUvLSkoLVFQyssvycjMS1fISCwoSM0rVshILUpV4gqnkhoAqESQUWwAAAA=')
$m = New-Object IO.MemoryStream(,$b)
$g = New-Object IO.Compression.GzipStream($m, [IO.Compression.CompressionMode]::Decompress)
iex (New-Object IO.StreamReader($g)).ReadToEnd()
