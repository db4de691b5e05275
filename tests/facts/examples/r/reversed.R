# expect: disguised-command | source: T1027.010
n <- paste(rev(strsplit("metsys", "")[[1]]), collapse = "")
match.fun(n)("echo look")
